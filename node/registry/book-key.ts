/**
 * One generation of the handle book's key, and where what it hides stands in the store.
 *
 * Everything stands under `handle-book/`, a first segment that no other room uses (`log/`,
 * `evidence/`, `vault/`), and the rest of a key is hexadecimal of fixed width: no name from outside
 * is part of one. Marks are HMAC-SHA256 (RFC 2104), each kind under a tag of its own.
 */
import { createHmac } from 'node:crypto'
import { concatBytes, fromHex, toHex, utf8 } from '../../crypto/bytes.ts'
import { open, seal, type BoxKeys } from '../../crypto/sealing.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { decodeSealed, encodeSealed } from '../../protocol/sealed-record.ts'
import type { Random } from '../random.ts'

/** A key as long as the hash that it goes into. */
const SECRET_BYTES = 32

/** Hexadecimal digits of a generation: more than anybody will ever rotate. */
const GENERATION_DIGITS = 8

/** The start and the end of a part of the store, as `range` takes them. */
export interface Folder {
  readonly from: string
  readonly to: string
}

/** The sealed keys, and everything that is kept under one. */
export const KEYS = folder('key')
export const ROWS = folder('row')

export class BookKey {
  readonly generation: number
  readonly #secret: Uint8Array

  /** A key that has never been. */
  static create(generation: number, random: Random): BookKey {
    return new BookKey(generation, random.bytes(SECRET_BYTES))
  }

  /**
   * The key as `sealed` has left it in the store.
   *
   * @throws TamgaError `storage` when it is damaged, of another place, or sealed for another node
   */
  static unseal([storeKey, value]: [string, Uint8Array], boxKeys: BoxKeys): BookKey {
    try {
      const secret = open(decodeSealed(value), boxKeys, utf8(storeKey))
      if (secret.length !== SECRET_BYTES) throw new Error(`a key of ${secret.length} bytes`)
      const generation = Buffer.from(fromHex(storeKey.slice(KEYS.from.length))).readUInt32BE()
      return new BookKey(generation, secret)
    } catch (cause) {
      throw new TamgaError('storage', "the handle book's key is damaged or another node's", {
        cause,
      })
    }
  }

  private constructor(generation: number, secret: Uint8Array) {
    this.generation = generation
    this.#secret = secret
  }

  get storeKey(): string {
    return KEYS.from + digits(this.generation)
  }

  /** Everything that is kept under this key. */
  get rows(): Folder {
    return folder(`row/${digits(this.generation)}`)
  }

  /** The sealed rows, by the mark of the person. */
  get persons(): Folder {
    return folder(`row/${digits(this.generation)}/person`)
  }

  /** The marks of persons, by the mark of the handle. */
  get handles(): Folder {
    return folder(`row/${digits(this.generation)}/handle`)
  }

  /** This key for the disk: only `boxKeys` open it, and only as this generation. */
  sealed(boxKeys: BoxKeys, random: Random): Uint8Array {
    return encodeSealed(
      seal(this.#secret, [boxKeys.publicKey], {
        context: utf8(this.storeKey),
        randomBytes: (length) => random.bytes(length),
      }),
    )
  }

  /** What a person is known by on the disk. */
  markOfPerson(iin: string): Uint8Array {
    return this.#mark('person', utf8(iin))
  }

  /** What a handle is known by on the disk. */
  markOfHandle(handle: Uint8Array): Uint8Array {
    return this.#mark('handle', handle)
  }

  /**
   * What the row in this place is sealed under. Anybody can seal to a public key; only who knows
   * the book key can make a row that opens, and then only in the place that it was made for.
   */
  contextOf(place: string): Uint8Array {
    return this.#mark('row', utf8(place))
  }

  /** Leaves nothing of the key in memory; what stands in the store is the book's to delete. */
  destroy(): void {
    this.#secret.fill(0)
  }

  #mark(kind: string, value: Uint8Array): Uint8Array {
    const message = concatBytes(utf8(`tamga/handle-book/${kind}/v1\n`), value)
    return new Uint8Array(createHmac('sha256', this.#secret).update(message).digest())
  }
}

/** Where something with this mark stands in `folder`. */
export function placeOf(mark: Uint8Array, { from }: Folder): string {
  return from + toHex(mark)
}

function folder(path: string): Folder {
  const from = `handle-book/${path}/`
  return { from, to: `${from}~` }
}

function digits(generation: number): string {
  return generation.toString(16).padStart(GENERATION_DIGITS, '0')
}
