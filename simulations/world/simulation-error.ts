/**
 * Why a simulation ended without what it waited for; the message names the seed that replays it.
 */
export type SimulationErrorCode =
  /** Nothing is left to happen, and what was waited for has not. */
  | 'deadlock'
  /** The virtual time allowed has passed. */
  | 'overdue'
  /** More events than allowed, or more pending than can be honest. */
  | 'runaway'
  /** Code that a timer called threw. */
  | 'fault'

export class SimulationError extends Error {
  override readonly name = 'SimulationError'
  readonly code: SimulationErrorCode
  readonly seed: string

  constructor(code: SimulationErrorCode, seed: string, message: string, options?: ErrorOptions) {
    super(`seed ${seed}: ${message}`, options)
    this.code = code
    this.seed = seed
  }
}
