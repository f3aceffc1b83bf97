-- Opens files, waits for what the server says of them, runs commands, and prints what an user sees as JSON.
local out = {}

local function wait(what, condition)
  assert(vim.wait(20000, condition, 20), "nothing came of: " .. what)
end

local function open(name)
  vim.cmd("edit " .. name)
  return vim.api.nvim_get_current_buf()
end

for _, name in ipairs({ "vip.pql", "definition.yaml" }) do
  local bufnr = open(name)
  wait("diagnostics of " .. name, function()
    return #vim.diagnostic.get(bufnr) > 0
  end)
  out[name] = vim.diagnostic.get(bufnr)[1].message
end

local other = open("other.yaml")
vim.wait(300)
out.other = #vim.diagnostic.get(other)

open("vip.pql")
vim.api.nvim_win_set_cursor(0, { 2, 4 })
local function shown(name, command)
  vim.cmd(command)
  local bufnr
  wait(command, function()
    for _, each in ipairs(vim.api.nvim_list_bufs()) do
      if vim.api.nvim_buf_get_name(each):find(name, 1, true) then
        bufnr = each
        return true
      end
    end
    return false
  end)
  return table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), "\n"), bufnr
end
out.describe = shown("pql.describe", "PqlDescribe")
out.explain = shown("pql.explain", "PqlExplain 2")
local json, window = shown("pql.showJson", "PqlShowJson")
out.showJson = json
vim.api.nvim_win_set_cursor(0, { 1, 0 })
vim.api.nvim_exec_autocmds("TextChanged", { buffer = 0 })
wait("pql/json to follow", function()
  return table.concat(vim.api.nvim_buf_get_lines(window, 0, -1, false), "\n") ~= json
end)
out.followed = true

-- What Neovim 0.11 makes of `lsp/pql.lua`, as far as an older one can do the same.
local config = dofile(vim.api.nvim_get_runtime_file("lsp/pql.lua", false)[1])
local roots = {}
for _, bufnr in ipairs({ vim.fn.bufnr("vip.pql"), other }) do
  config.root_dir(bufnr, function(root)
    table.insert(roots, vim.fn.fnamemodify(root, ":t"))
  end)
end
local start = vim.lsp.rpc.start
vim.lsp.rpc.start = function(command, _, options)
  return { command = command, cwd = vim.fn.fnamemodify(options.cwd, ":t") }
end
out.configured = { roots = roots, started = config.cmd({}), filetypes = config.filetypes, settings = config.settings }
vim.lsp.rpc.start = start

-- The virtual environment of a project.
vim.g.pql_command = nil
out.environment = require("pql").command(vim.fn.getcwd() .. "/project")
out.path = require("pql").command(vim.fn.getcwd())

local groups = {}
local line = vim.fn.getline(1)
for column = 1, #line do
  local group = vim.fn.synIDattr(vim.fn.synID(1, column, 1), "name")
  if group ~= "" and groups[#groups] ~= group then
    table.insert(groups, group)
  end
end
out.groups = groups
out.comment = vim.bo.commentstring

io.stdout:write("RESULT" .. vim.fn.json_encode(out) .. "\n")
vim.cmd("qall!")
