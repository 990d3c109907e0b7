import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { FunctionModel, LocalIam, RoleModel } from '../model.ts';
import type { LambdaEvent } from './mapping/events.ts';

export interface FunctionLogOptions {
  model: FunctionModel;
  role: RoleModel;
  iam: LocalIam;
  region: string;
  accountId: string;
  logDir: string;
  onEvent: (event: LambdaEvent) => void;
}

/**
 * A function's log group as a file, `<logDir>/<function name>.log`. Writing takes the function's role the same two
 * permissions as in CloudWatch; without them nothing is written, and the denial is told once.
 */
export class FunctionLog {
  readonly group: string;
  private file: WriteStream | undefined;
  private closed = false;
  private readonly told = new Set<string>();

  constructor(private readonly options: FunctionLogOptions) {
    this.group = options.model.logGroup ?? `/aws/lambda/${options.model.name}`;
  }

  /** Opens the log stream of one execution environment; the writer drops everything if the role may not write it. */
  stream(name: string): (text: string) => void {
    const denied = ['logs:CreateLogStream', 'logs:PutLogEvents'].filter((action) => !this.allowed(action, name));
    if (denied.length > 0) return () => undefined;
    return (text) => this.write(text);
  }

  /** Waits until everything is in the file. */
  close(): Promise<void> {
    this.closed = true;
    return new Promise((resolve) => (this.file === undefined ? resolve() : this.file.end(resolve)));
  }

  private write(text: string): void {
    if (this.closed) return;
    this.file ??= createWriteStream(join(this.options.logDir, `${this.options.model.name}.log`), { flags: 'a' });
    this.file.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  private allowed(action: string, streamName: string): boolean {
    const { iam, role, region, accountId, model, onEvent } = this.options;
    const resource = `arn:aws:logs:${region}:${accountId}:log-group:${this.group}:log-stream:${streamName}`;
    if (iam.isAllowed({ kind: 'role', role }, action, resource)) return true;
    if (!this.told.has(action)) {
      this.told.add(action);
      onEvent({ kind: 'denied', functionName: model.name, action, resource });
      console.error(
        `Function ${model.name}: its role ${role.name} is not allowed ${action} on ${resource}; its log is lost`,
      );
    }
    return false;
  }
}
