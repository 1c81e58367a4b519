/** Where the broker says what an operator should know. A pino logger is one. */
export interface BrokerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silent: BrokerLog = { info: () => {}, warn: () => {}, error: () => {} };
