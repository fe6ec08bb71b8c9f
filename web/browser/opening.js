// A file opened in the editor: what of it the editor cannot keep is said before anything is changed.
const CAMUNDA = 'http://camunda.org/schema/1.0/bpmn';
const NO_DRAWING = /no diagram to display|no process or collaboration|no bpmnElement referenced/;
const LOST = [/^unparsable content (<[^>]*>)/, /^unresolved reference (<[^>]*>)/, /^unknown attribute (<[^>]*>)/];
const MOST = 5;

// Resolves to what would be lost by saving, in names; rejects with words: why the file does not open.
export async function openDiagram(modeler, text, words) {
  try {
    const { warnings } = await modeler.importXML(renamed(text));
    await modeler.saveXML(); // what cannot be written again must not be changed
    return lost(text, warnings, words);
  } catch (problem) {
    throw new Error(NO_DRAWING.test(problem.message) ? words.undrawn : words.unreadable, { cause: problem });
  }
}

// A file may call another namespace what the library calls Camunda's, and the library would lose that one.
function renamed(text) {
  const [, other] = text.match(/xmlns:camunda\s*=\s*["']([^"']*)["']/) ?? [];
  if (!other || other === CAMUNDA) return text;
  return text.replace(/(<\/?|\sxmlns:|\s)camunda(?=:\w|\s*=)/g, '$1activiti');
}

function lost(text, warnings, words) {
  const found = warnings.flatMap(({ message }) => LOST.map((kind) => message.match(kind)?.[1]).filter(Boolean));
  if (/<!--/.test(text)) found.push(words.remarks);
  const names = [...new Set(found)];
  return names.length > MOST ? [...names.slice(0, MOST), '…'] : names;
}
