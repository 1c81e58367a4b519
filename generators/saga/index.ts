import { yeomanGenerator } from "../_command/yeoman.ts";

export default yeomanGenerator("saga");
