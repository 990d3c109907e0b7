import { CfnOutput, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import {
  Distribution,
  HttpVersion,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Config } from '../config.ts';

/**
 * Serves the console's page: from a bucket that nobody but CloudFront reads. Optional; the page is put there after each
 * build (docs/deploy.md).
 */
export const createHosting = (stack: Stack, { hosting }: Config): void => {
  if (!hosting) return;
  const bucket = new Bucket(stack, 'console', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    // A page can be built again.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const distribution = new Distribution(stack, 'consoleDistribution', {
    defaultRootObject: 'index.html',
    httpVersion: HttpVersion.HTTP2_AND_3,
    priceClass: PriceClass.PRICE_CLASS_100,
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    defaultBehavior: {
      origin: S3BucketOrigin.withOriginAccessControl(bucket),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: ResponseHeadersPolicy.SECURITY_HEADERS,
      compress: true,
    },
  });
  new CfnOutput(stack, 'ConsoleBucket', { value: bucket.bucketName });
  new CfnOutput(stack, 'ConsoleUrl', { value: `https://${distribution.distributionDomainName}/` });
};
