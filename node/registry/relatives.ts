/**
 * Whose records an officer must not look at: their own relatives, as a data-protection officer has
 * declared them. The handles never stand on a ledger, where everybody could read who belongs to
 * whom: the deed commits to them, and the node that was told keeps them sealed to itself.
 *
 * That an officer looked is then seen by this node, whichever node was asked.
 */
import { fromHex, toHex } from '../../crypto/bytes.ts'
import { open, seal, type BoxKeys } from '../../crypto/sealing.ts'
import { codec, list } from '../../protocol/codec.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { HANDLE_BYTES, handleShape } from '../../protocol/identifiers.ts'
import { RELATIVES_MAX } from '../../protocol/rules/conduct.ts'
import { decodeSealed, encodeSealed } from '../../protocol/sealed-record.ts'
import type { Random } from '../random.ts'
import type { Store } from '../store/store.ts'
import type { Conduct } from './conduct.ts'

/** Names of rows: what follows is the officer's key in hexadecimal. */
const ROWS = 'relatives/'
/** The first name after all of them: hexadecimal ends before it. */
const AFTER_ROWS = `${ROWS}g`

/** Officers whose relatives one node keeps, all of them in memory: a large ministry's. */
const FAMILIES_MAX = 65_536

/** Handles and their frame, bytes. */
const FAMILY_BYTES_MAX = RELATIVES_MAX * (HANDLE_BYTES + 4) + 16

const families = codec('relatives', FAMILY_BYTES_MAX, list(handleShape, RELATIVES_MAX))

interface RelativesModules {
  readonly store: Store
  readonly random: Random
  /** What raises the alarm. */
  readonly conduct: Pick<Conduct, 'declareRelatives'>
}

export class Relatives {
  readonly #boxKeys: BoxKeys
  readonly #modules: RelativesModules

  private constructor(boxKeys: BoxKeys, modules: RelativesModules) {
    this.#boxKeys = boxKeys
    this.#modules = modules
  }

  /** @throws TamgaError `storage` when a row is damaged, or was sealed to another node */
  static async open(
    { boxKeys }: { boxKeys: BoxKeys },
    modules: RelativesModules,
  ): Promise<Relatives> {
    const { store, conduct } = modules
    for (const [key, value] of await store.range(ROWS, AFTER_ROWS, FAMILIES_MAX)) {
      const officer = fromHex(key.slice(ROWS.length))
      conduct.declareRelatives(officer, unsealed(value, officer, boxKeys))
    }
    return new Relatives(boxKeys, modules)
  }

  /**
   * Resolves when it is durable; whatever was declared before is replaced.
   *
   * @throws TamgaError `unprocessable`: more than `RELATIVES_MAX`
   */
  async declare(officer: Uint8Array, handles: readonly Uint8Array[]): Promise<void> {
    if (handles.length > RELATIVES_MAX) {
      throw new TamgaError('unprocessable', `${handles.length} relatives; ${RELATIVES_MAX} may be`)
    }
    const { store, random, conduct } = this.#modules
    const sealed = seal(families.encode(handles), [this.#boxKeys.publicKey], {
      context: officer,
      randomBytes: (length) => random.bytes(length),
    })
    const op = { type: 'put', key: ROWS + toHex(officer), value: encodeSealed(sealed) } as const
    await store.batch([op], { durable: true })
    conduct.declareRelatives(officer, handles)
  }
}

function unsealed(row: Uint8Array, officer: Uint8Array, boxKeys: BoxKeys): readonly Uint8Array[] {
  try {
    return families.decode(open(decodeSealed(row), boxKeys, officer))
  } catch (cause) {
    throw new TamgaError('storage', 'a list of relatives on disk is damaged', { cause })
  }
}
