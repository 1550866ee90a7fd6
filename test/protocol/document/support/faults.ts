import { InvalidDocument } from '../../../../protocol/document/invalid-document.ts'

/** What a reader finds wrong; `nothing` where it does not. */
export function faultOf(act: () => unknown): string {
  try {
    act()
    return 'nothing'
  } catch (error) {
    if (error instanceof InvalidDocument) return error.fault
    throw error
  }
}
