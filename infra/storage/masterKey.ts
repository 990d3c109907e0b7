import type { Stack } from 'aws-cdk-lib';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import type { Config } from '../config.ts';
import { removalPolicy } from './lifetime.ts';

/**
 * What wraps the keys of the stack in table subjectKey. Who may use it is said by the roles of the functions alone; KMS
 * renews it every year and goes on unwrapping what it wrapped before. Without it, everything that is sealed is lost.
 */
export const createMasterKey = (stack: Stack, config: Config): Key => {
  const key = new Key(stack, 'masterKey', {
    description: `Wraps the keys that seal personal data of ${config.stackName}`,
    enableKeyRotation: true,
    removalPolicy: removalPolicy(config),
  });
  new Alias(stack, 'masterKeyAlias', { aliasName: `alias/${config.stackName}`, targetKey: key });
  return key;
};
