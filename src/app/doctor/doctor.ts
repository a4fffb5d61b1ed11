import { DEVICES, type Device } from '../../runtime/device.ts'
import { tryDevice } from '../../runtime/try-device.node.ts'
import { type Checked, examine } from '../inspect/examine.ts'
import { type Machine, readMachine, readVersions, type Versions } from '../machine/machine.node.ts'
import { checksOf } from './checks.ts'

/** A device that a network can run on, and whether this machine has it. */
export interface DeviceAnswer {
  readonly device: Device
  readonly usable: boolean
  /** What runs on it where it is usable */
  readonly runs: string
  /** Why it is not usable; null where it is */
  readonly reason: string | null
}

export interface DoctorAnswer {
  readonly schemaVersion: 1
  readonly versions: Versions
  readonly machine: Machine
  readonly devices: readonly DeviceAnswer[]
  readonly checks: readonly Checked[]
  /** Nothing failed that `fit` needs. */
  readonly healthy: boolean
}

/** Says whether this machine has what representer needs, and what to do where it has not. Throws nothing. */
export async function doctor(): Promise<DoctorAnswer> {
  const [versions, tried] = await Promise.all([
    readVersions(),
    Promise.all(DEVICES.map(device => tryDevice(device))),
  ])
  const checks = await Promise.all(checksOf(versions.node, tried).map(examine))
  return {
    schemaVersion: 1,
    versions,
    machine: readMachine(),
    devices: tried.map(({ device, reason }) => ({
      device,
      usable: reason === null,
      runs: RUNS[device],
      reason,
    })),
    checks,
    healthy: checks.every(({ status }) => status !== 'failed'),
  }
}

const RUNS: { readonly [K in Device]: string } = {
  cpu: 'everything, in single and double precision',
  webgpu: 'the network of fit, in single precision',
  cuda: 'the network of fit, in single precision',
}
