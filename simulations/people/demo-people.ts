/**
 * The people of the demo: 24 that were never born, and real prints of nobody known.
 *
 * Everything about the 24, the images of their fingers included, follows from one seed. The real
 * prints are SourceAFIS's samples, which its author published for such use (Apache-2.0).
 */
import type { GreyImage } from '../../matcher/image/image.ts'
import { SeededRandom, type Span } from '../world/seeded-random.ts'
import { generatePerson } from './person.ts'
import { scan, type Scan } from './scan/scan.ts'
import { growSkin, type Skin } from './skin/skin.ts'

export interface DemoFinger {
  /** ISO finger position. */
  readonly position: number
  /** What is enrolled, an image or a template: a file beside the bundle. */
  readonly print?: string
  /** Another impression of the same finger. */
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
  /** A print that hardly is one, of the last person's first finger. */
  readonly poor: string
}

/** A file below the bundle's folder, and what it shows. */
export interface DemoImage {
  readonly file: string
  readonly image: GreyImage
}

/** Another one whenever the prints change: a mesh of before knows the old handles by old prints. */
const SEED = 'tamga demo people 2'

/** Of the handles of real people, whose prints stay. */
const REAL_SEED = 'tamga demo people 1/real'

const REGIONS = ['almaty', 'astana', 'shymkent', 'aktobe'] as const

const NAMES = `Aigerim Ainur Aliya Arman Aruzhan Askar Botagoz Dana Daniyar Dinara Erlan Gulnara
  Irina Kairat Kamila Madina Marat Nurlan Olga Saule Sergei Timur Yelena Zhanar`.split(/\s+/)

/** Impressions of an enrolment, where an operator asks again until it is good. */
const ENROLMENT_QUALITY = { min: 0.85, max: 0.95 } as const

/** Impressions of a traveller in a hurry. */
const PROBE_QUALITY = { min: 0.7, max: 0.95 } as const

/** Minutiae that a probe has in common with what is enrolled; with fewer it is taken again. */
const COMMON_MIN = 20

/** How often a traveller is asked. */
const ATTEMPTS_MAX = 20

const HANDLE_BYTES = 16

/** Of the poor print. */
const POOR_QUALITY = 0.12

/** A name that nobody who is enrolled has. */
const STRANGER = 'Stranger'

const POSITIONS = [2, 7] as const

const ABOUT = [
  'Demo data for Tamga, written by simulations/people/bundle.ts.',
  'The people with two fingers are synthetic: names, regions, handles and prints are made up.',
  'The two with "SourceAFIS" in their names are real prints of unknown people, the samples of',
  'SourceAFIS by Robert Važan and contributors, Apache-2.0: see sourceafis/LICENSE and COPYRIGHT.',
  'Prints are images in WSQ, or templates in ISO/IEC 19794-2:2005; a probe is another impression',
  'of the finger that was enrolled; the stranger is not enrolled.',
].join(' ')

export function demoPeople(): DemoPeople {
  const root = new SeededRandom(SEED)
  const people = NAMES.map((name, index) => ({
    name,
    region: regionOf(index),
    handle: hex(root.fork(name).bytes(HANDLE_BYTES)),
    fingers: POSITIONS.map((position) => {
      return { position, print: fileOf(name, position), probe: fileOf(name, position, 'again') }
    }),
  }))
  return {
    about: ABOUT,
    people: [...people, ...realPeople(new SeededRandom(REAL_SEED))],
    stranger: {
      name: STRANGER,
      fingers: POSITIONS.map((position) => ({ position, probe: fileOf(STRANGER, position) })),
    },
    poor: poorFile(),
  }
}

/** Every image there is, person by person: growing one takes a second. */
export function* demoImages(): Generator<DemoImage> {
  for (const name of [...NAMES, STRANGER]) yield* imagesOf(name)
}

/** Of one of the synthetic people. */
export function imagesOf(name: string): DemoImage[] {
  const random = new SeededRandom(SEED).fork(`${name}/prints`)
  return generatePerson(random, { positions: POSITIONS }).fingers.flatMap((finger) => {
    const { position } = finger
    const skin = growSkin(finger, random)
    const first = capture(skin, random, name === STRANGER ? PROBE_QUALITY : ENROLMENT_QUALITY)
    const images = [{ file: fileOf(name, position), image: first.image }]
    if (name === STRANGER) return images
    const again = probeOf(skin, first, random)
    images.push({ file: fileOf(name, position, 'again'), image: again.image })
    if (fileOf(name, position, 'poor') === poorFile()) {
      const { image } = scan(skin, random, { quality: POOR_QUALITY })
      images.push({ file: poorFile(), image })
    }
    return images
  })
}

function realPeople(random: SeededRandom): DemoPerson[] {
  const twice = { position: 2, print: sampleFile('probe'), probe: sampleFile('matching') }
  const once = { position: 2, print: sampleFile('nonmatching') }
  return [twice, once].map((finger, index) => ({
    name: `SourceAFIS sample ${index + 1}`,
    region: regionOf(index),
    handle: hex(random.bytes(HANDLE_BYTES)),
    fingers: [finger],
  }))
}

function probeOf(skin: Skin, enrolled: Scan, random: SeededRandom): Scan {
  const known = new Set(enrolled.minutiae.map(({ origin }) => origin))
  for (let attempt = 1; ; attempt += 1) {
    const probe = capture(skin, random, PROBE_QUALITY)
    const common = probe.minutiae.filter(({ origin }) => known.has(origin))
    if (common.length >= COMMON_MIN || attempt === ATTEMPTS_MAX) return probe
  }
}

function capture(skin: Skin, random: SeededRandom, quality: Span): Scan {
  return scan(skin, random, { quality: random.between(quality) })
}

function fileOf(name: string, position: number, which?: 'again' | 'poor'): string {
  return `prints/${[name.toLowerCase(), position, which ?? []].flat().join('-')}.wsq`
}

function poorFile(): string {
  return fileOf(NAMES.at(-1)!, POSITIONS[0], 'poor')
}

function sampleFile(name: string): string {
  return `sourceafis/iso-${name}.dat`
}

function regionOf(index: number): string {
  return REGIONS[index % REGIONS.length] ?? REGIONS[0]
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
