import { InvalidAsn1 } from '../../../crypto/asn1/invalid-asn1.ts'

/** What a reader refuses something with; `nothing` where it takes it. */
export function asn1Code(act: () => unknown): string {
  try {
    act()
    return 'nothing'
  } catch (error) {
    if (error instanceof InvalidAsn1) return error.code
    throw error
  }
}
