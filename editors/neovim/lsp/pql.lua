-- The configuration of the language server for Neovim 0.11 and newer: `vim.lsp.enable("pql")`.
local pql = require("pql")

-- Neovim 0.11 does not tell `cmd` for which root the server is to be started; later versions do.
local last_root

return {
  cmd = function(dispatchers, config)
    local root = config and config.root_dir or last_root
    return vim.lsp.rpc.start(pql.command(root), dispatchers, { cwd = root })
  end,
  filetypes = pql.filetypes,
  -- Without a call of `on_dir` the server is not started: not for JSON and YAML that has nothing to do with PQL.
  root_dir = function(bufnr, on_dir)
    if pql.may_hold_pql(bufnr) then
      last_root = pql.root(bufnr)
      on_dir(last_root)
    end
  end,
  settings = { pql = pql.settings() },
}
