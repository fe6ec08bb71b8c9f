// Files that the editor makes beside the diagram: the form for approvals, a copy under another name, a download.

const said = (zh, en) => ({ zh, en });

export const APPROVAL = {
  title: said('审批', 'Approval'),
  components: [
    {
      type: 'radio', key: 'approved', label: said('是否同意', 'Decision'), validate: { required: true },
      values: [{ value: 'yes', label: said('同意', 'Approved') }, { value: 'no', label: said('不同意', 'Not approved') }],
    },
    { type: 'textarea', key: 'reasons', label: said('意见或理由', 'Reasons'), validate: { required: true, maxLength: 1000 } },
  ],
  submit: said('提交', 'Decide'),
};

// The diagram with other ids of its processes, so that both can lie in one draft.
export async function copyOf(modeler) {
  const processes = modeler.getDefinitions().rootElements.filter((each) => each.$type === 'bpmn:Process');
  const ids = processes.map(({ id }) => id);
  for (const each of processes) each.id = `${each.id}_copy`;
  try {
    return (await modeler.saveXML({ format: true })).xml;
  } finally {
    processes.forEach((each, at) => { each.id = ids[at]; });
  }
}

export function download(name, text) {
  const href = URL.createObjectURL(new Blob([text], { type: 'application/xml' }));
  Object.assign(document.createElement('a'), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}
