-- The configuration of the language server for Neovim 0.11 and newer: `vim.lsp.enable("pql")`.
local pql = require("pql")

return {
  cmd = function(dispatchers, config)
    return vim.lsp.rpc.start(pql.command(config and config.root_dir), dispatchers)
  end,
  filetypes = pql.filetypes,
  -- Without a call of `on_dir` the server is not started: not for JSON and YAML that has nothing to do with PQL.
  root_dir = function(bufnr, on_dir)
    if pql.may_hold_pql(bufnr) then
      on_dir(pql.root(bufnr))
    end
  end,
  settings = { pql = pql.settings() },
}
