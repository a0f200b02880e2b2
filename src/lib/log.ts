import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type Log = Logger;

const REDACTED = [
  'token',
  'cookie',
  'authorization',
  '*.token',
  '*.cookie',
  '*.authorization',
  'headers.cookie',
];

/** Logs to stdout: JSON lines when it is not a terminal, readable when it is. Secrets by name are left out. */
export function openLog(level: string, isTerminal: boolean): Log {
  const options = { level, redact: { paths: REDACTED, censor: '[secret]' } };
  if (!isTerminal) return pino(options, pino.destination({ dest: 1, sync: true }));
  return pino(
    options,
    pretty({ colorize: true, sync: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' }),
  );
}
