/** As `toUpperCase`, of which TypeScript does not know what it makes of a known text. */
export const upperCase = <Text extends string>(text: Text): Uppercase<Text> => text.toUpperCase() as Uppercase<Text>;
