/**
 * Letters as strokes, for pictures of pixels: as on a technical drawing, each a few lines of one
 * width. Ours, and only what our own legends and most file names need; any other letter is a box.
 */
import type { Path, Point } from './picture.ts'

/**
 * Paths of each letter, digit by digit: x, y, x, y … with 0 the top of capitals, 2 that of small
 * letters, 6 the line they stand on. `~` is a curve; one that ends where it begins is round.
 */
const LETTERS: Readonly<Record<string, string>> = {
  A: '062046 1434',
  B: '0006 ~003041423303 ~033344453606',
  C: '~4130100105163645',
  D: '0006 ~002042442606',
  E: '40000646 0333',
  F: '400006 0333',
  G: '~4130100105163645 454323',
  H: '0006 4046 0343',
  I: '0006',
  J: '~3035261605',
  K: '0006 400346',
  L: '000646',
  M: '0600244046',
  N: '06004640',
  O: '~103041453616050110',
  P: '0006 ~003041423303',
  Q: '~103041453616050110 2547',
  R: '0006 ~003041423303 2346',
  S: '~41301001021333444536161605',
  T: '0040 2026',
  U: '~000516364540',
  V: '002640',
  W: '0016223640',
  X: '0046 4006',
  Y: '002340 2326',
  Z: '00400646',
  a: '3236 ~3322120305162635',
  b: '0006 ~0312223335261605',
  c: '~3322120305162635',
  d: '3036 ~3322120305162635',
  e: '0434 ~34332212030516263535',
  f: '~20101116 0222',
  g: '~3322120305162635 ~3237281807',
  h: '0006 ~0312223336',
  i: '0206 0000',
  j: '~121708 1010',
  k: '0006 320436',
  l: '0006',
  m: '0206 ~0312223336 ~3342526366',
  n: '0206 ~0312223336',
  o: '~122233352616050312',
  p: '0208 ~0312223335261605',
  q: '3238 ~3322120305162635',
  r: '0206 ~031222',
  s: '~33221203142435261605',
  t: '~10151626 0222',
  u: '3236 ~0205162635',
  v: '022642',
  w: '0216325662',
  x: '0236 3206',
  y: '0226 4218',
  z: '02320636',
  '0': '~102031352616050110',
  '1': '011016',
  '2': '~011020313206 0636',
  '3': '~011020313213 ~132334352616051605',
  '4': '26200434',
  '5': '300002 ~02223335261605',
  '6': '~31201001051626353423130404',
  '7': '003016',
  '8': '~102031322313020110 ~132334352616050413',
  '9': '~0516263531201001021323323232',
  '.': '0606',
  ',': '0607',
  ':': '0303 0606',
  ';': '0303 0607',
  '-': '0424',
  '–': '0444',
  '+': '0444 2226',
  '/': '0630',
  '(': '~10020517',
  ')': '~00121507',
  '%': '0640 ~0010110100 ~3545463635',
  '×': '0325 2305',
  '·': '0404',
  '°': '~0020220200',
  '<': '320436',
  '>': '023406',
  '=': '0333 0535',
  _: '0636',
  '#': '1016 3036 0242 0444',
  "'": '0001',
  ' ': '',
}

const UNKNOWN = '0131360601'

/** Of the size, one step of the grid above. */
const STEP_X = 0.11
const STEP_Y = 0.12
const BASELINE = 6

/** Steps between two letters, and the width of a space. */
const GAP = 1.9
const SPACE = 2

/** How often corners of a curve are cut. */
const CUTS = 3

/** Paths of a text whose baseline begins at (0, 0), and how long it is. */
export function lettered(text: string, size: number): { paths: Path[]; width: number } {
  let pen = 0
  const paths: Path[] = []
  for (const letter of text) {
    const glyph = (LETTERS[letter] ?? UNKNOWN).split(' ').filter((path) => path !== '')
    let right = letter === ' ' ? SPACE : 0
    for (const path of glyph.map(pathOf)) {
      right = Math.max(right, ...path.map(([x]) => x))
      paths.push(path.map(([x, y]) => [(pen + x) * STEP_X * size, (y - BASELINE) * STEP_Y * size]))
    }
    pen += right + GAP
  }
  return { paths, width: Math.max(0, pen - GAP) * STEP_X * size }
}

function pathOf(code: string): Path {
  const isCurve = code.startsWith('~')
  const digits = Array.from(isCurve ? code.slice(1) : code, Number)
  let path: Path = Array.from({ length: digits.length / 2 }, (_, at): Point => {
    return [digits[2 * at]!, digits[2 * at + 1]!]
  })
  const cuts = isCurve ? CUTS : 0
  for (let cut = 0; cut < cuts; cut += 1) path = withCornersCut(path)
  return path
}

/** Chaikin's: each line keeps its middle half. What does not close keeps its ends. */
function withCornersCut(path: Path): Path {
  const [first] = path
  const last = path.at(-1)
  if (!first || !last) return path
  const cut = path.slice(1).flatMap((end, at): Point[] => {
    const start = path[at]!
    return [between(start, end, 0.25), between(start, end, 0.75)]
  })
  const isRound = first[0] === last[0] && first[1] === last[1]
  return isRound ? [...cut, cut[0]!] : [first, ...cut, last]
}

function between([x, y]: Point, [toX, toY]: Point, share: number): Point {
  return [x + (toX - x) * share, y + (toY - y) * share]
}
