/** The process: arguments, signals, exit status. Nothing else calls process.exit. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { ConfigError, describeError, StartError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';

const ROOT = path.join(import.meta.dirname, '..');
/** Everything is flushed within this time of the first signal (contract §1). */
const CLOSE_MS_MAX = 10_000;

const HELP = `Livelark watches Bilibili live rooms for Discord.

  npm start -- [--rooms 1,2] [--config FILE]    the bot
  npm run demo -- [--seed N]                    everything on this machine: no account, no network
  npm start -- --help | --version

  --rooms    rooms to watch besides those that channels watch: ids, short ids or live.bilibili.com URLs
  --config   a JSON file of settings instead of config/local.json

Settings: config/default.json lists them all, README.md says what they mean; the environment overrides files.
`;

interface Arguments {
  readonly command: 'bot' | 'demo' | 'help' | 'version';
  readonly rooms: string | undefined;
  readonly config: string | undefined;
  readonly seed: string | undefined;
}

function readArguments(argv: readonly string[]): Arguments {
  const options = {
    rooms: { type: 'string' },
    config: { type: 'string' },
    seed: { type: 'string' },
    help: { type: 'boolean' },
    version: { type: 'boolean' },
  } as const;
  let parsed: ReturnType<
    typeof parseArgs<{ args: string[]; allowPositionals: true; options: typeof options }>
  >;
  try {
    parsed = parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch (error) {
    throw new ConfigError(
      `${describeError(error).split('. ')[0]}; allowed: --rooms 1,2, --config FILE, --help, --version`,
    );
  }
  const [command = 'bot', ...more] = parsed.positionals;
  const { rooms, config, seed, help, version } = parsed.values;
  if ((command !== 'bot' && command !== 'demo') || more.length > 0)
    throw new ConfigError(
      `${parsed.positionals.join(' ')}: no such command; allowed: demo, or none for the bot`,
    );
  if (help === true || version === true)
    return { command: help === true ? 'help' : 'version', rooms, config, seed };
  if (seed !== undefined && (command !== 'demo' || !/^\d{1,9}$/.test(seed)))
    throw new ConfigError(
      `--seed: ${seed} is not allowed; allowed: with demo, a whole number from 0 to 999999999`,
    );
  return { command, rooms, config, seed };
}

/** Young generations stay at their first size in every thread instead of growing to 48 MB each. */
function saveMemory(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '0';
}

/** Resolves with the name of the first signal; later ones change nothing, so that a flush is not cut short. */
function firstSignal(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
  return promise;
}

/** Counts from the signal or the fault, also from one that comes while the parts still open. */
function endInTime(log: Log): void {
  setTimeout(() => {
    log.fatal(`not everything could be flushed within ${CLOSE_MS_MAX / 1000} s`);
    process.exit(1);
  }, CLOSE_MS_MAX - 500);
}

async function runBot(args: Arguments): Promise<number> {
  const [{ keepCompiledCode, readConfig }, { openLog }] = await Promise.all([
    import('#src/config.ts'),
    import('#src/lib/log.ts'),
  ]);
  const config = readConfig({
    folder: path.join(ROOT, 'config'),
    file: args.config,
    rooms: args.rooms,
  });
  const log = openLog(config.logLevel, process.stdout.isTTY === true);
  const signal = firstSignal();
  const fault = Promise.withResolvers<never>();
  process.on('uncaughtException', (error) => fault.reject(error));
  process.on('unhandledRejection', (error) => fault.reject(error));
  const ending = Promise.race([signal, fault.promise]);
  ending.catch(() => {}).then(() => endInTime(log));
  keepCompiledCode(config.dataDir);
  const { openApp } = await import('#src/app.ts');
  const app = await openApp({ config, log, root: ROOT, version: readVersion(), onFault: fault.reject });
  try {
    log.info(`${await ending}: flushing`);
  } catch (error) {
    log.fatal({ err: error }, `a fault ended the bot: ${describeError(error)}`);
    await app
      .close()
      .catch((left: unknown) => log.error(`not everything was flushed: ${describeError(left)}`));
    return 1;
  }
  await app.close();
  log.info('everything is flushed');
  return 0;
}

async function run(): Promise<number> {
  const args = readArguments(process.argv.slice(2));
  saveMemory();
  if (args.command === 'help') process.stdout.write(HELP);
  else if (args.command === 'version') process.stdout.write(`${readVersion()}\n`);
  else if (args.command === 'bot') return runBot(args);
  else {
    const { runDemo } = await import('#src/sandbox/demo.ts');
    return runDemo({ entry: import.meta.filename, seed: Number(args.seed ?? '7'), signal: firstSignal() });
  }
  return 0;
}

try {
  process.exit(await run());
} catch (error) {
  const isExpected = error instanceof ConfigError || error instanceof StartError;
  process.stderr.write(
    `livelark: ${isExpected ? error.message : ((error as Error).stack ?? String(error))}\n`,
  );
  process.exit(error instanceof ConfigError ? 2 : 1);
}
