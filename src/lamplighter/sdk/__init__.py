"""Every verb and question, typed once in `interface`; embedded in this process, or remote over HTTP."""
