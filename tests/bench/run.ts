/**
 * `npm run bench [-- [--seconds N] [name…]]`: one benchmark after the other, each in a process of its own, and
 * what it measured as a plain table. Figures of a shared machine vary: read the ratios, and run twice.
 */
import { fork } from 'node:child_process';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { type Bench, type Figure, formatFigures } from './figures.ts';

const NAMES = ['decode', 'insert', 'memory', 'commands', 'busy-room'] as const;
const SECONDS_DEFAULT = 60;

/** Runs one benchmark in a new process. */
function runApart(name: string, seconds: number): Promise<readonly Figure[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Figure[]>();
  const child = fork(import.meta.filename, ['--seconds', String(seconds), '--here', name]);
  child.once('message', (figures) => resolve(figures as readonly Figure[]));
  child.once('exit', (code) => reject(new Error(`${name} ended with status ${code} and measured nothing`)));
  return promise;
}

async function runHere(name: string, seconds: number): Promise<void> {
  const { bench } = (await import(`./${name}.ts`)) as { readonly bench: Bench };
  const figures = await bench({ seconds });
  process.send?.(figures, () => process.disconnect());
}

async function runAll(names: readonly string[], seconds: number): Promise<void> {
  const [cpu] = os.cpus();
  console.log(
    `Node ${process.version}, ${os.availableParallelism()} × ${cpu?.model ?? 'unknown'}, ${seconds} s each`,
  );
  for (const name of names) {
    const figures = await runApart(name, seconds);
    const [load = 0] = os.loadavg();
    console.log(`\n${formatFigures(name, figures)}\nload of the machine: ${load.toFixed(1)}`);
    if (figures.some(({ isReached }) => isReached === false)) process.exitCode = 1;
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: String(SECONDS_DEFAULT) }, here: { type: 'string' } },
});
const seconds = Number(values.seconds);
const unknown = positionals.find((name) => !NAMES.some((known) => known === name));
if (!(seconds >= 1) || unknown !== undefined) {
  console.error(`bench: [--seconds N] [name…]; N is at least 1, the names are ${NAMES.join(', ')}`);
  process.exitCode = 2;
} else if (values.here !== undefined) await runHere(values.here, seconds);
else await runAll(positionals.length > 0 ? positionals : NAMES, seconds);
