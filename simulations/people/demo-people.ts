/**
 * The people of the demo: 24 that were never born, and real prints of nobody known.
 *
 * Everything about the 24 follows from one seed. The real prints are SourceAFIS's samples, which
 * its author published for such use (Apache-2.0).
 */
import { writeIso19794v2005 } from '../../matcher/template/iso-19794-2.ts'
import { SeededRandom, type Span } from '../world/seeded-random.ts'
import { impression, type Impression } from './impression.ts'
import { generatePerson } from './person.ts'

import type { Finger } from './finger.ts'

export interface DemoFinger {
  /** ISO finger position. */
  readonly position: number
  /** What is enrolled: ISO/IEC 19794-2:2005, base64. */
  readonly template?: string
  /** Another impression of the same finger, in the same format. */
  readonly probe?: string
}

export interface DemoPerson {
  readonly name: string
  /** The node that enrols them; none for a person who is not enrolled. */
  readonly region?: string
  /** 16 bytes, hex. */
  readonly handle?: string
  readonly fingers: readonly DemoFinger[]
}

export interface DemoPeople {
  readonly about: string
  readonly people: readonly DemoPerson[]
  /** Somebody who is not in the register. */
  readonly stranger: DemoPerson
}

/** ISO/IEC 19794-2:2005 templates of two impressions of one finger and one of another. */
export interface RealSamples {
  readonly probe: Uint8Array
  readonly matching: Uint8Array
  readonly nonmatching: Uint8Array
}

const SEED = 'tamga demo people 1'

const REGIONS = ['almaty', 'astana', 'shymkent', 'aktobe'] as const

const NAMES = `Aigerim Ainur Aliya Arman Aruzhan Askar Botagoz Dana Daniyar Dinara Erlan Gulnara
  Irina Kairat Kamila Madina Marat Nurlan Olga Saule Sergei Timur Yelena Zhanar`.split(/\s+/)

/** Impressions of an enrolment, where an operator asks again until it is good. */
const ENROLMENT_QUALITY = { min: 0.85, max: 0.95 } as const

/** Impressions of a traveller in a hurry. */
const PROBE_QUALITY = { min: 0.7, max: 0.95 } as const

/** True minutiae that a probe shows of those enrolled; with fewer the traveller is asked again. */
const COMMON_MIN = 20

/** How often a traveller is asked. */
const ATTEMPTS_MAX = 20

const HANDLE_BYTES = 16

const ABOUT = [
  'Demo data for Tamga, written by simulations/people/bundle.ts.',
  'The people with two fingers are synthetic: names, regions, handles and minutiae are made up.',
  'The two with "SourceAFIS" in their names are real prints of unknown people, the samples of',
  'SourceAFIS by Robert Važan and contributors, Apache-2.0: see sourceafis/LICENSE and COPYRIGHT.',
  'Templates and probes are ISO/IEC 19794-2:2005 in base64; a probe is another impression of the',
  'finger that was enrolled; the stranger is not enrolled.',
].join(' ')

export function demoPeople(samples: RealSamples): DemoPeople {
  const root = new SeededRandom(SEED)
  const people = NAMES.map((name, index) => syntheticPerson(name, index, root.fork(name)))
  return {
    about: ABOUT,
    people: [...people, ...realPeople(samples, root.fork('real'))],
    stranger: stranger(root.fork('nobody')),
  }
}

function syntheticPerson(name: string, index: number, random: SeededRandom): DemoPerson {
  const handle = hex(random.bytes(HANDLE_BYTES))
  const fingers = generatePerson(random).fingers.map((finger) => {
    const enrolled = capture(finger, random, ENROLMENT_QUALITY)
    const probe = probeOf(finger, enrolled, random)
    return { position: finger.position, template: template(enrolled), probe: template(probe) }
  })
  return { name, region: regionOf(index), handle, fingers }
}

function realPeople(samples: RealSamples, random: SeededRandom): DemoPerson[] {
  const { probe, matching, nonmatching } = samples
  const twice = { position: 2, template: base64(probe), probe: base64(matching) }
  const once = { position: 2, template: base64(nonmatching) }
  return [twice, once].map((finger, index) => ({
    name: `SourceAFIS sample ${index + 1}`,
    region: regionOf(index),
    handle: hex(random.bytes(HANDLE_BYTES)),
    fingers: [finger],
  }))
}

function stranger(random: SeededRandom): DemoPerson {
  const fingers = generatePerson(random).fingers.map((finger) => ({
    position: finger.position,
    probe: template(capture(finger, random, PROBE_QUALITY)),
  }))
  return { name: 'Stranger', fingers }
}

function probeOf(finger: Finger, enrolled: Impression, random: SeededRandom): Impression {
  const known = new Set(enrolled.origins.filter((origin) => origin !== undefined))
  for (let attempt = 1; ; attempt += 1) {
    const probe = capture(finger, random, PROBE_QUALITY)
    const common = probe.origins.filter((origin) => origin !== undefined && known.has(origin))
    if (common.length >= COMMON_MIN || attempt === ATTEMPTS_MAX) return probe
  }
}

function capture(finger: Finger, random: SeededRandom, quality: Span): Impression {
  return impression(finger, random, { quality: random.between(quality) })
}

function template(view: Impression): string {
  return base64(writeIso19794v2005({ views: [view] }))
}

function regionOf(index: number): string {
  return REGIONS[index % REGIONS.length] ?? REGIONS[0]
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
