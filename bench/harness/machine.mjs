// The machine that the figures come from, and how much of it other programs took while they were made.
// Invariant: what the bench's own processes use is never counted as a disturbance.

import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './stats.mjs';

const TICK_MS = 10; // USER_HZ is 100 wherever Node runs
const SYNCS = 50;
const PAGE = Buffer.alloc(4_096, 1);

/** What a reader needs to know to place the figures. `directory`: where the servers keep their data. */
export function describeMachine(directory) {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? 'unknown processor',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    arch: arch(),
    kernel: release(),
    node: process.version,
    disk: diskOf(directory),
    syncMs: median(Array.from({ length: SYNCS }, syncer(directory))),
  };
}

/** File system and kind of the disk below `directory`, as the kernel tells it. */
function diskOf(directory) {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, where]) => where && (directory === where || directory.startsWith(where.replace(/\/?$/, '/'))));
  const [device = '', , type = 'unknown'] = mounts.sort((a, b) => a[1].length - b[1].length).at(-1) ?? [];
  const name = device.replace(/^\/dev\//, '');
  try {
    const rotational = readFileSync(`/sys/class/block/${name}/queue/rotational`, 'utf8').trim() === '1';
    const kind = name.startsWith('vd') || name.startsWith('xvd') ? 'virtual disk' : rotational ? 'hard disk' : 'SSD';
    return `${type} on a ${kind}`;
  } catch {
    return type; // a partition, a mapper or a file system in memory: the kernel says nothing more about it
  }
}

/** Returns a function that writes a page to the disk and tells how many milliseconds it took until it was there. */
function syncer(directory) {
  const path = join(directory, 'sync');
  return () => {
    const file = openSync(path, 'a');
    try {
      const from = performance.now();
      writeSync(file, PAGE);
      fsyncSync(file);
      return performance.now() - from;
    } finally {
      closeSync(file);
      rmSync(path);
    }
  };
}

/** Milliseconds of CPU used by all programs since the machine started; what a hypervisor gave to others counts too. */
function busyMs() {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'latin1')
    .split('\n', 1)[0]
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) * TICK_MS;
}

function runnerMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Watches one run from the moment it is made. */
export class Disturbance {
  #startedAt = performance.now();
  #busy = busyMs();
  #runner = runnerMs();

  /** The part of all cores that went to others, 0 to 1. `ownMs`: what the run's servers and loads have used. */
  share(ownMs) {
    const others = busyMs() - this.#busy - (runnerMs() - this.#runner) - ownMs;
    return Math.max(0, others) / ((performance.now() - this.#startedAt) * cpus().length);
  }
}
