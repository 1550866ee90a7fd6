/**
 * What a node says about itself while it runs. A line is a short fixed message and fields; names of
 * persons, templates and payload bytes never enter either.
 */
import { pino, type Logger as Pino } from 'pino'

export interface Logger {
  debug(message: string, fields?: object): void
  info(message: string, fields?: object): void
  warn(message: string, fields?: object): void
  error(message: string, fields?: object): void
  /** A logger that adds `fields` to every line. */
  child(fields: object): Logger
}

export interface PinoOptions {
  /** The least severe lines that are written. */
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

const STDERR = 2

/** Drops every line. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
}

/**
 * Writes JSON lines to stderr, so that stdout stays free for what a command prints. Writes are
 * synchronous: the last lines before a crash are the ones that matter.
 */
export function pinoLogger({ level }: PinoOptions): Logger {
  return wrapped(pino({ level, base: null }, pino.destination({ dest: STDERR, sync: true })))
}

function wrapped(logger: Pino): Logger {
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    child: (fields) => wrapped(logger.child(fields)),
  }
}
