import { sleep } from '../runningMapping.ts';

const firstPauseMs = 100;
const longestPauseMs = 5_000;

/**
 * How many batches a mapping may have in its function at once. Where there is no concurrency left for it, it halves
 * that and pauses, longer each time: what it receives in vain burns a receive of each message. Each batch that gets
 * through gives one back.
 */
export class Throttle {
  allowed: number;
  private pauseMs = 0;
  private until = 0;

  constructor(private readonly most: number) {
    this.allowed = most;
  }

  throttled(): void {
    this.allowed = Math.max(1, Math.floor(this.allowed / 2));
    this.pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, this.pauseMs * 2));
    this.until = Date.now() + this.pauseMs;
  }

  over(): void {
    this.allowed = Math.min(this.most, this.allowed + 1);
    this.pauseMs = 0;
  }

  async pause(): Promise<void> {
    for (let left = this.until - Date.now(); left > 0; left = this.until - Date.now()) await sleep(Math.min(left, 250));
  }
}
