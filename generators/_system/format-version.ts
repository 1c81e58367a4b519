/** The manifest format that this version reads. */
export const formatVersion = 1;
