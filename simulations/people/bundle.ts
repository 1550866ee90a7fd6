/**
 * Command: writes the demo's people to `node/demo/people.json`, and the prints of those who were
 * never born to `node/demo/prints/`.
 *
 * Run in the repository's root, as `npm run people`; another folder than `node/demo` can be named.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { writeWsq } from '../../matcher/image/wsq/write-wsq.ts'
import { demoImages, demoPeople } from './demo-people.ts'

const folder = process.argv[2] ?? 'node/demo'
const people = demoPeople()
const file = join(folder, 'people.json')
const text = `${JSON.stringify(people, undefined, 2)}\n`
mkdirSync(join(folder, 'prints'), { recursive: true })
writeFileSync(file, text)
console.log(`${file}: ${people.people.length} people, ${text.length} characters`)

let images = 0
let bytes = 0
for (const { file: name, image } of demoImages()) {
  const encoded = writeWsq(image)
  writeFileSync(join(folder, name), encoded)
  images += 1
  bytes += encoded.length
}
console.log(`${join(folder, 'prints')}: ${images} images, ${bytes} bytes`)
