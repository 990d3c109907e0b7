import type { Asset } from './cloudAssembly.ts';
import type { Surroundings } from './naming.ts';
import type { PropertyReader } from './reader.ts';
import type {
  FunctionModel,
  KeyModel,
  MappingModel,
  PolicyStatement,
  QueueModel,
  RoleModel,
  TableModel,
} from '../model.ts';
import type { ApiDraft } from './resources/appsync.ts';

/** One resource, ready to be read. */
export interface Resource {
  logicalId: string;
  type: string;
  /** The physical name. */
  name: string;
  arn: (service: string, tail: string) => string;
  properties: PropertyReader;
  /** `Fn::GetAtt` of this very resource. */
  attribute: (name: string) => string;
  ref: () => string;
}

/** The model while the template is read, with what can only be joined once all resources are known. */
export interface Draft {
  surroundings: Surroundings;
  assets: Map<string, Asset>;
  roles: RoleModel[];
  tables: TableModel[];
  queues: QueueModel[];
  keys: KeyModel[];
  functions: FunctionModel[];
  mappings: MappingModel[];
  /** Statements of AWS::IAM::Policy resources with the names of the roles they are attached to. */
  attachedPolicies: { properties: PropertyReader; roleNames: string[]; statements: PolicyStatement[] }[];
  /** Statements of AWS::SQS::QueuePolicy resources with the URLs of their queues. */
  queuePolicies: { properties: PropertyReader; queueUrls: string[]; statements: PolicyStatement[] }[];
  /** AWS::KMS::Alias resources with what they name: an id or an ARN. */
  keyAliases: { properties: PropertyReader; name: string; target: string }[];
  apis: ApiDraft;
}

export type ReadResource = (resource: Resource, draft: Draft) => void;
