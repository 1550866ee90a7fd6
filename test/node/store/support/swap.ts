/**
 * A process that swaps until it is killed, has failed twice or has had enough: `value 1`,
 * `value 2`, … with bundles of up to so many bytes. Says on a line each which value is in for good,
 * or which error it got.
 *
 * Usage: swap.js <path of the anchor> <bytes>
 */
import { writeSync } from 'node:fs'
import { utf8 } from '../../../../crypto/bytes.ts'
import { FileAnchor } from '../../../../node/store/anchor-file.ts'
import { asTamgaError } from '../../../../protocol/errors.ts'

const [path = '', bytes = '0'] = process.argv.slice(2)
const STDOUT = 1
const SIZES = 7

/** More than any test waits for: nobody may be there any more to end this. */
const SWAPS_MAX = 1_000

const anchor = await FileAnchor.open(path)
let count = Number(new TextDecoder().decode(anchor.current.value).slice('value '.length))
const last = count + SWAPS_MAX
let failures = 0
while (failures < 2 && count < last) {
  count += 1
  const length = Math.floor((Number(bytes) * (SIZES - (count % SIZES))) / SIZES)
  const staged = new Uint8Array(length).fill(count)
  try {
    await anchor.swap({ value: utf8(`value ${count}`), staged })
    writeSync(STDOUT, `${count}\n`)
  } catch (error) {
    failures += 1
    writeSync(STDOUT, `${asTamgaError(error).code}\n`)
  }
}
await anchor.close()
