// Which picture an element is drawn in: a closed sub-process is a shape in one and has a picture of its own, whose id is
// its own and `_plane`.

export function pictureOf(viewer, id) {
  return viewer.get('elementRegistry').get(`${id}_plane`);
}

export function openPhase(viewer, id) {
  const picture = pictureOf(viewer, id);
  if (picture) viewer.get('canvas').setRootElement(picture);
  return Boolean(picture);
}

// The closed phases around an element, the innermost first.
export function phasesAround(viewer, id) {
  const found = [];
  let at = viewer.get('elementRegistry').get(id)?.businessObject.$parent;
  for (; at; at = at.$parent) if (pictureOf(viewer, at.id)) found.push(at.id);
  return found;
}

// The phases with a part of the path taken, outer ones first, for paper.
export function walkedPhases(viewer, { taken, active }) {
  const walked = new Set([...taken, ...active].flatMap((id) => phasesAround(viewer, id)));
  return viewer.get('elementRegistry').filter(({ id }) => walked.has(id)).map(({ businessObject }) => businessObject);
}
