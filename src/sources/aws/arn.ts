/** What Secrets Manager adds to the name of a secret in its ARN. */
export const addedCharacters = /-[A-Za-z0-9]{6}$/;
