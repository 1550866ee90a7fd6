/** Telling clients at the addresses that they gave, as far as the operator lets them give any. */
import type { Logger } from '../../logger.ts'
import { CALLBACK_CHARACTERS_MAX } from './limits.ts'
import { badRequest } from './osia-error.ts'
import { isFailure, type Tell } from './tasks.ts'

/**
 * Whoever may name an address could have this machine ask anybody: only origins that the operator
 * has allowed are told anything.
 *
 * @param origins as `https://client.example:8443`
 * @throws OsiaError 400
 */
export function checkCallback(callback: string, origins: readonly string[]): void {
  if (callback.length > CALLBACK_CHARACTERS_MAX) throw badRequest('callback: too long')
  const { origin, username, password } = new URL(callback)
  if (origins.includes(origin) && username === '' && password === '') return
  throw badRequest('callback: the operator does not allow this address')
}

/** Redirections are not followed: they lead to whom nobody has allowed. */
export function tellOverHttp({ logger }: { logger: Logger }): Tell {
  return async (url, outcome, signal) => {
    const type = isFailure(outcome) ? 'application/error+json' : 'application/json'
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': type },
        body: JSON.stringify(outcome.body),
        redirect: 'error',
        signal,
      })
      await response.body?.cancel()
      return response.ok
    } catch (cause) {
      logger.info('a client does not answer', { why: cause instanceof Error ? cause.message : '' })
      return false
    }
  }
}
