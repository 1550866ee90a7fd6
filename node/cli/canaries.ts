/**
 * Canaries: people who were never born, enrolled as anybody is, of whom only whoever planted them
 * knows. The list of them is a secret: a node that knew it could search for these and nobody else.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fromBase64, toBase64 } from '../../crypto/bytes.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'

/** A list, bytes: a thousand canaries of ten fingers. */
const LIST_BYTES_MAX = 16_777_216

/** Only whoever keeps the list reads it. */
const MODE = 0o600

export interface Canary {
  /** In hexadecimal. */
  readonly handle: string
  readonly fingers: readonly CapturedFinger[]
}

/** What an answer to the search for one says. */
export interface CanaryAnswer {
  readonly shards: { readonly silent: readonly number[] }
  readonly candidates: readonly { readonly handle: string }[]
}

/**
 * - `found`
 * - `missed` the shard has answered, and not named it
 * - `silent` nobody has answered for its shard
 */
export function judgeCanary(
  handle: string,
  shard: number,
  { shards, candidates }: CanaryAnswer,
): 'found' | 'missed' | 'silent' {
  if (candidates.some((candidate) => candidate.handle === handle)) return 'found'
  return shards.silent.includes(shard) ? 'silent' : 'missed'
}

/** Empty where there is no list yet. @throws TamgaError `malformed`, `too-large` */
export async function readCanaries(file: string): Promise<Canary[]> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  if (text.length > LIST_BYTES_MAX) throw new TamgaError('too-large', `${file} is no list`)
  const list: unknown = JSON.parse(text)
  if (Array.isArray(list)) return list.map((one) => canaryOf(one, file))
  throw new TamgaError('malformed', `${file} is no list of canaries`)
}

export async function keepCanary(file: string, { handle, fingers }: Canary): Promise<void> {
  const known = await readCanaries(file)
  const list = [...known, { handle, fingers }].map((canary) => ({
    handle: canary.handle,
    fingers: canary.fingers.map(({ position, template }) => {
      return { position, template: toBase64(template) }
    }),
  }))
  await writeFile(file, `${JSON.stringify(list, null, 2)}\n`, { mode: MODE })
}

function canaryOf(value: unknown, file: string): Canary {
  const { handle, fingers } = Object(value) as { handle?: unknown; fingers?: unknown }
  if (typeof handle === 'string' && /^[0-9a-f]{32}$/.test(handle) && Array.isArray(fingers)) {
    const captured = fingers.map((finger: unknown) => {
      const { position, template } = Object(finger) as { position?: unknown; template?: unknown }
      if (Number.isInteger(position) && typeof template === 'string') {
        return { position: position as number, template: fromBase64(template) }
      }
      throw new TamgaError('malformed', `${file}: not a finger of a canary`)
    })
    return { handle, fingers: captured }
  }
  throw new TamgaError('malformed', `${file}: not a canary`)
}
