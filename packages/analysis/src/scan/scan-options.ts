export interface ScanOptions {
  /** Evidence, as z, at which a step is told: sqrt(2 x logarithm of the likelihood ratio). @default 4.4 */
  readonly zMin: number;
  /** The same where the step begins with a new version: one moment is tried there, not all. @default 4.2 */
  readonly zDeployMin: number;
  /** Added to both for errors, which come in bursts that the likelihood does not know. @default 0.5 */
  readonly zErrorsMore: number;
  /** Smallest step of a duration that is told, as a factor. @default 1.1 */
  readonly factorMin: number;
  /** And in nanoseconds. @default 2_000_000 */
  readonly stepNsMin: number;
  /** Smallest increase of the error rate that is told, as a fraction. @default 0.01 */
  readonly errorRateStepMin: number;
  /** Requests since the step began. @default 30 */
  readonly requestsMin: number;
  /** Windows with requests in the baseline. @default 24 */
  readonly baselineWindowsMin: number;
}

export const SCAN_OPTIONS: ScanOptions = {
  zMin: 4.4,
  zDeployMin: 4.2,
  zErrorsMore: 0.5,
  factorMin: 1.1,
  stepNsMin: 2_000_000,
  errorRateStepMin: 0.01,
  requestsMin: 30,
  baselineWindowsMin: 24,
};
