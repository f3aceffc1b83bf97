-- Starts the language server for PQL unless `vim.g.pql_no_lsp` is set.
if vim.g.loaded_pql then
  return
end
vim.g.loaded_pql = true

require("pql").create_commands()
if not vim.g.pql_no_lsp then
  if vim.lsp.enable then
    vim.lsp.enable("pql")
  else
    require("pql").setup()
  end
end
