/** Files of bounded length. */
import { readFile, stat } from 'node:fs/promises'
import { TamgaError } from '../../protocol/errors.ts'

/** @throws TamgaError `too-large` */
export async function readUpTo(file: string, bytesMax: number): Promise<Uint8Array> {
  if ((await stat(file)).size > bytesMax) throw tooLarge(file, bytesMax)
  return new Uint8Array(await readFile(file))
}

export function tooLarge(file: string, bytesMax: number): TamgaError {
  return new TamgaError('too-large', `${file} is larger than ${bytesMax} bytes`)
}
