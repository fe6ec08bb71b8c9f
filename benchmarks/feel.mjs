// The same expressions in feelin; prints microseconds per evaluation, a line a figure.
import { evaluate } from 'feelin';

const asked = JSON.parse(process.argv[2]);

function microseconds(run, seconds) {
  for (let i = 0; i < 200; i++) run();
  const began = process.hrtime.bigint();
  let count = 0;
  do {
    for (let i = 0; i < 50; i++) run();
    count += 50;
  } while (process.hrtime.bigint() - began < BigInt(Math.round(seconds * 1e9)));
  return Number(process.hrtime.bigint() - began) / 1000 / count;
}

const figures = {};
for (const { name, text, context } of asked) {
  const samples = Array.from({ length: 5 }, () => microseconds(() => evaluate(text, context), 0.05));
  figures[name] = samples.sort((a, b) => a - b)[2];
}
process.stdout.write(JSON.stringify(figures));
