/**
 * Command: writes the demo's people to `node/demo/people.json`, the same bytes each time.
 *
 * Run in the repository's root, as `node dist/simulations/people/bundle.js`; another folder than
 * `node/demo` can be named, which must hold the samples.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { demoPeople } from './demo-people.ts'

const folder = process.argv[2] ?? 'node/demo'
const sample = (name: string) => new Uint8Array(readFileSync(join(folder, 'sourceafis', name)))

const people = demoPeople({
  probe: sample('iso-probe.dat'),
  matching: sample('iso-matching.dat'),
  nonmatching: sample('iso-nonmatching.dat'),
})
const file = join(folder, 'people.json')
const text = `${JSON.stringify(people, undefined, 2)}\n`
writeFileSync(file, text)
console.log(`${file}: ${people.people.length} people, ${text.length} characters`)
