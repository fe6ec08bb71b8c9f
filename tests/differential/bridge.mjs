// Evaluates what comes in, a JSON array of [kind, text] a line, and answers with an array of values a line.
import { createInterface } from 'node:readline';
import { evaluate, unaryTest, isFunction, isRange, FeelDate, FeelTime, FeelDateTime, FeelDuration } from 'feelin';

const CONTEXT = JSON.parse(process.argv[2]);

function plain(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return { number: String(value) };
  if (value instanceof FeelDate) return { date: value.iso };
  if (value instanceof FeelTime) return { time: value.iso };
  if (value instanceof FeelDateTime) return { moment: value.iso };
  if (value instanceof FeelDuration) return { [value.yearsMonths ? 'months' : 'days']: value.iso };
  if (isRange(value)) {
    return { range: [plain(value.start), plain(value.end), !!value['start included'], !!value['end included']] };
  }
  if (isFunction(value) || typeof value === 'function') return { function: true };
  if (Array.isArray(value)) return value.map(plain);
  return { context: Object.entries(value).map(([name, inner]) => [name, plain(inner)]) };
}

function answer([kind, text]) {
  try {
    return { value: plain((kind === 'tests' ? unaryTest : evaluate)(text, CONTEXT).value) };
  } catch (error) {
    return { error: String(error.message || error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(JSON.parse(line).map(answer)) + '\n');
}
