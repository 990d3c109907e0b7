/**
 * Takes the place of the AWS SDK's credential chain in the functions' bundles: Lambda gives a function its role's
 * credentials in its environment, so the clients for single sign-on, web identity, instance metadata and the rest would
 * be dead weight.
 */
export const defaultProvider = () => async () => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (!accessKeyId || !secretAccessKey)
    throw new Error('The environment has no AWS credentials; functions run in Lambda only');
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
};
