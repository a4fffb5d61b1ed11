import type { Device } from '../../runtime/device.ts'
import { telemetryIsOff } from '../../runtime/onnxruntime.node.ts'
import type { Precision } from '../../runtime/self-check-graph.ts'
import type { TriedDevice } from '../../runtime/try-device.node.ts'
import type { Check } from '../inspect/examine.ts'
import { writableDirectory } from '../machine/machine.node.ts'

/** What a device other than the CPU needs. */
const NEEDS: { readonly [K in Exclude<Device, 'cpu'>]: string } = {
  webgpu: 'a graphics processor with a driver for Vulkan, Metal or Direct3D 12',
  cuda:
    'Linux on x64, an NVIDIA driver, CUDA 12, cuDNN 9, and ' +
    'npm install onnxruntime-node --onnxruntime-node-install=cuda12',
}

const REINSTALL = 'install it again: npm install representer'

/** What `doctor` looks at. */
export function checksOf(node: string, tried: readonly TriedDevice[]): Check[] {
  return [
    {
      name: 'Node.js',
      needed: true,
      remedy: 'install Node.js 20.19 or newer',
      look: () => expectNode(node),
    },
    ...tried.flatMap(({ device, ...result }) =>
      device === 'cpu' ? processorChecks(result) : deviceCheck(device, result),
    ),
    { name: 'pictures', needed: true, remedy: REINSTALL, look: expectPictures },
    {
      name: 'telemetry',
      needed: false,
      remedy: 'unset ORT_DISABLE_TELEMETRY, or set it to 1',
      look: expectNoTelemetry,
    },
    {
      name: 'working directory',
      needed: false,
      remedy: 'give fit a place that can be written: --out DIR',
      look: async () => `${await writableDirectory()} can be written`,
    },
  ]
}

type Result = Omit<TriedDevice, 'device'>

const processorChecks = (result: Result): Check[] =>
  (['float32', 'float64'] as const).map(precision => ({
    name: `ONNX Runtime, ${precision}`,
    needed: true,
    remedy: REINSTALL,
    look: () => expectAgreement(result, precision),
  }))

const deviceCheck = (device: Exclude<Device, 'cpu'>, result: Result): Check => ({
  name: `device ${device}`,
  needed: false,
  remedy: `not needed; --device ${device} takes ${NEEDS[device]}`,
  look: () => expectAgreement(result, 'float32'),
})

function expectAgreement({ reason, checked }: Result, precision: Precision): string {
  const graphs = checked.filter(graph => graph.precision === precision)
  if (graphs.length === 0 || graphs.some(({ agrees }) => !agrees)) {
    throw new Error(reason ?? `no graph was checked in ${precision}`)
  }
  const worst = graphs.reduce((largest, { error }) => Math.max(largest, error), 0)
  return `${graphs.length} graphs give what they should within ${worst.toExponential(1)}`
}

/** As package.json asks for. */
const [MAJOR, MINOR] = [20, 19]

function expectNode(version: string): string {
  const [major, minor] = version.split('.').map(Number)
  if (major > MAJOR || (major === MAJOR && minor >= MINOR)) return version
  throw new Error(`${version}, expected ${MAJOR}.${MINOR} or newer`)
}

/** One orange and one blue pixel, as PIL writes them. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGP438DA4HACAAnJAoiFO4FaAAAAAElFTkSuQmCC'
const PIXELS = [255, 128, 0, 0, 64, 200]

async function expectPictures(): Promise<string> {
  const { decodeImageBytes } = await import('../../formats/images.node.ts')
  const bytes = Uint8Array.from(atob(PNG), letter => letter.charCodeAt(0))
  const { data } = await decodeImageBytes(bytes, 'a small picture')
  if (PIXELS.join() !== Array.from(data).join()) throw new Error(`decoded as ${data}, expected ${PIXELS}`)
  return 'decoded to the very pixels'
}

function expectNoTelemetry(): string {
  if (telemetryIsOff()) return "ONNX Runtime's is switched off, and representer has none"
  throw new Error("the environment asks for ONNX Runtime's")
}
