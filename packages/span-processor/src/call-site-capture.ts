import type { Fingerprint } from '@profiler/analysis';
import { callSite, captureStack } from './call-site.ts';
import type { SlowStatements } from './slow-statements.ts';
import type { SpanNode } from './span-node.ts';

export interface CallSiteCaptureOptions {
  /** The call of one statement in one request, from 1, from which on the line is captured. */
  readonly nPlusOneThreshold: number;
  /** Those whose line is captured at any call. */
  readonly slowStatements: SlowStatements;
  /** Paths inside it are given relative to it. */
  readonly rootDirectory: string;
  /** A file of the instrumentation that may stand outside `node_modules`: never a call site. */
  readonly instrumentationFile: string | undefined;
}

/** @param caller frames above it are not looked at */
export type Capture = (caller: CallableFunction) => void;

/**
 * Captures the line of the app that makes a call, when the call has repeated often enough to be worth a stack. The line is kept with
 * the span that the call is made under.
 *
 * Where an app awaits an ORM, the frames between are asynchronous, and V8 walks them; but none is left where something with
 * a `then` of its own calls the driver from it. Who awaits it is known again in a callback of the result.
 */
export class CallSiteCapture {
  readonly #options: CallSiteCaptureOptions;

  constructor(options: CallSiteCaptureOptions) {
    this.#options = options;
  }

  /**
   * @param node the span that the call is made under
   * @param caller frames above it are not looked at
   * @returns what captures the line once more, when this call should have had it and no frame of the app was left
   */
  note(node: SpanNode, fingerprint: Fingerprint, caller: CallableFunction): Capture | undefined {
    const { nPlusOneThreshold, slowStatements } = this.#options;
    const { calls } = node.request;
    const armed = calls.count(fingerprint) >= nPlusOneThreshold || slowStatements.has(fingerprint);
    if (!armed || node.callSites?.has(fingerprint) || !calls.mayCapture(fingerprint)) return undefined;
    if (this.#capture(node, fingerprint, caller)) return undefined;
    return (laterCaller) => void this.#capture(node, fingerprint, laterCaller);
  }

  #capture(node: SpanNode, fingerprint: Fingerprint, caller: CallableFunction): boolean {
    const { rootDirectory, instrumentationFile } = this.#options;
    const site = callSite(captureStack(caller), rootDirectory, instrumentationFile);
    if (site === '') return false;
    node.callSites ??= new Map();
    node.callSites.set(fingerprint, site);
    return true;
  }
}
