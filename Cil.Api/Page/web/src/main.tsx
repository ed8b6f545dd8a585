import { render } from "preact";
import { App } from "./app";
import { applyTheme } from "./settings";

applyTheme();
render(<App />, document.getElementById("page")!);
