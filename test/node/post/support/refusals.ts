/** What posts are refused with. */
import { unreachable } from 'uvu/assert'
import { asTamgaError } from '../../../../protocol/errors.ts'

/** The code with which `work` fails, as it has to. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    return asTamgaError(error).code
  }
  return unreachable('it has to be refused') as never
}
