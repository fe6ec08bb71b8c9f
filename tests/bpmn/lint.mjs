// bpmnlint's recommended rules over the diagrams named as arguments: prints one JSON list of what they find.
import { readFileSync } from 'node:fs';

import { BpmnModdle } from 'bpmn-moddle';
import Linter from 'bpmnlint/lib/linter.js';
import NodeResolver from 'bpmnlint/lib/resolver/node-resolver.js';

const found = [];
for (const path of process.argv.slice(2)) {
  const { rootElement } = await new BpmnModdle().fromXML(readFileSync(path, 'utf8'));
  const linter = new Linter({ config: { extends: 'bpmnlint:recommended' }, resolver: new NodeResolver() });
  for (const [rule, reports] of Object.entries(await linter.lint(rootElement))) {
    for (const { id, category, message } of reports) found.push({ path, rule, id, category, message });
  }
}
console.log(JSON.stringify(found));
