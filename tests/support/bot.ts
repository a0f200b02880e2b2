/** The real bot as a process of its own, as `npm start` runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const READY_MS_MAX = 30_000;

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [key: string]: unknown;
}

export interface Bot {
  /** The page's URL. */
  readonly http: string;
  readonly rooms: readonly number[];
  readonly log: readonly LogLine[];
  readonly pid: number;
  isRunning(): boolean;
  /** GET of the API as JSON; throws with the body when it is not a success. */
  get<T>(path: string): Promise<T>;
  /** Sends the signal and resolves with exit status and how long it took. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; ms: number }>;
}

export interface BotRun {
  readonly child: ChildProcess;
  readonly log: LogLine[];
  /** Everything that was printed, for tests of what people see. */
  readonly printed: () => string;
  readonly exit: Promise<number | null>;
}

/** An environment with nothing of the machine's that the bot would read. */
function cleanEnvironment(more: Record<string, string>): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, HTTP_PORT: '0', CONNECT_INTERVAL_MS: '20', ...more };
}

/** Starts the process; does not wait. */
export function runBot(environment: Record<string, string>, args: readonly string[] = []): BotRun {
  const child = spawn(process.execPath, ['src/main.ts', ...args], {
    env: cleanEnvironment(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: LogLine[] = [];
  let printed = '';
  const exit = Promise.withResolvers<number | null>();
  child.on('exit', (code) => exit.resolve(code));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
  });
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    printed += `${line}\n`;
    try {
      log.push(JSON.parse(line) as LogLine);
    } catch {
      log.push({ level: 0, msg: line });
    }
    child.emit('logged');
  });
  return { child, log, printed: () => printed, exit: exit.promise };
}

/** Resolves with the first log line that fits. Throws when the process ends or time runs out before. */
export function waitForLine(
  run: BotRun,
  fits: (line: LogLine) => boolean,
  ms = READY_MS_MAX,
): Promise<LogLine> {
  const { promise, resolve, reject } = Promise.withResolvers<LogLine>();
  const look = () => {
    const line = run.log.find(fits);
    if (line !== undefined) resolve(line);
  };
  const timer = setTimeout(() => reject(new Error(`no such line within ${ms} ms:\n${run.printed()}`)), ms);
  run.child.on('logged', look);
  run.child.on('exit', () => reject(new Error(`the bot ended:\n${run.printed()}`)));
  look();
  return promise.finally(() => {
    clearTimeout(timer);
    run.child.off('logged', look);
  });
}

/** Starts the bot and waits until it is ready. */
export async function startBot(
  environment: Record<string, string>,
  args: readonly string[] = [],
): Promise<Bot> {
  const run = runBot(environment, args);
  const ready = await waitForLine(run, (line) => line.msg === 'ready').catch((error: unknown) => {
    run.child.kill('SIGKILL');
    throw error;
  });
  const http = String(ready.http);
  return {
    http,
    rooms: ready.rooms as number[],
    log: run.log,
    pid: run.child.pid ?? 0,
    isRunning: () => run.child.exitCode === null && run.child.signalCode === null,
    async get<T>(to: string) {
      const response = await fetch(http + to);
      const text = await response.text();
      if (!response.ok) throw new Error(`${to}: ${response.status} ${text}`);
      return JSON.parse(text) as T;
    },
    async stop(signal = 'SIGTERM') {
      const startedMs = performance.now();
      run.child.kill(signal);
      const code = await run.exit;
      return { code, ms: performance.now() - startedMs };
    },
  };
}

/** A fresh folder that is gone when disposed. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'livelark-'));
  return { path: folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Polls until `check` gives something; the last fault is shown when time runs out. */
export async function eventually<T>(
  check: () => Promise<T | null | false | undefined>,
  ms = 20_000,
): Promise<T> {
  const endMs = performance.now() + ms;
  let last: unknown = new Error('never true');
  while (performance.now() < endMs) {
    try {
      const value = await check();
      if (value !== null && value !== false && value !== undefined) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not within ${ms} ms`, { cause: last });
}
