-- What does Neovim need to know about the language server for PQL? Works from Neovim 0.7 on.
local M = {}

M.filetypes = { "pql", "json", "jsonc", "jsonl", "yaml" }

-- The nearest folder with a configuration of pqltools comes first, then that of the repository.
local MARKERS = { "pqltools.toml", "pyproject.toml", ".git" }

local function exists(path)
  return (vim.uv or vim.loop).fs_stat(path) ~= nil
end

local function folders_above(path)
  return coroutine.wrap(function()
    local folder = vim.fn.fnamemodify(path, ":p:h")
    while true do
      coroutine.yield(folder)
      local parent = vim.fn.fnamemodify(folder, ":h")
      if parent == folder then
        return
      end
      folder = parent
    end
  end)
end

--- The folder of the project that a buffer belongs to, or that of its file.
function M.root(bufnr)
  local name = vim.api.nvim_buf_get_name(bufnr)
  for _, marker in ipairs(MARKERS) do
    for folder in folders_above(name) do
      if exists(folder .. "/" .. marker) then
        return folder
      end
    end
  end
  return vim.fn.fnamemodify(name, ":p:h")
end

--- The command of the server: `vim.g.pql_command`, else the virtual environment of the project, else `pql` on the PATH.
function M.command(root)
  local given = vim.g.pql_command
  if given then
    local command = type(given) == "table" and vim.deepcopy(given) or { given }
    table.insert(command, "lsp")
    return command
  end
  for _, program in ipairs({ "/.venv/bin/pql", "/venv/bin/pql", "/.venv/Scripts/pql.exe", "/venv/Scripts/pql.exe" }) do
    if root and vim.fn.executable(root .. program) == 1 then
      return { root .. program, "lsp" }
    end
  end
  return { "pql", "lsp" }
end

--- The section `pql` of the settings, from `vim.g.pql_settings`.
function M.settings()
  return vim.tbl_extend("force", vim.empty_dict(), vim.g.pql_settings or {})
end

--- Whether the server has anything to do in a buffer. Files of JSON and YAML have when they say `pql` or hold a tree.
function M.may_hold_pql(bufnr)
  if vim.api.nvim_buf_get_name(bufnr) == "" then
    return false
  end
  if vim.bo[bufnr].filetype == "pql" then
    return true
  end
  for _, line in ipairs(vim.api.nvim_buf_get_lines(bufnr, 0, 5000, false)) do
    if line:find("pql", 1, true) or line:find("PQL", 1, true) or line:find('"nodeType"', 1, true) then
      return true
    end
  end
  local name = vim.api.nvim_buf_get_name(bufnr)
  return name:find("%.test%.ya?ml$") ~= nil or name:find("%.test%.json$") ~= nil or name:find("%.pql%.json$") ~= nil
end

local function on_attach(_, bufnr)
  -- Neovim 0.7 sets none of these itself.
  if vim.fn.has("nvim-0.8") == 0 then
    vim.bo[bufnr].omnifunc = "v:lua.vim.lsp.omnifunc"
    vim.bo[bufnr].formatexpr = "v:lua.vim.lsp.formatexpr()"
    vim.bo[bufnr].tagfunc = "v:lua.vim.lsp.tagfunc"
  end
end

local clients = {} -- by root, for Neovim 0.7, which has no vim.lsp.start

--- Starts the server for a buffer, or attaches the one that runs in its project. For Neovim before 0.11.
function M.start(bufnr, overrides)
  if not M.may_hold_pql(bufnr) then
    return nil
  end
  local root = M.root(bufnr)
  local config = vim.tbl_deep_extend("force", {
    name = "pql",
    cmd = M.command(root),
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = vim.fn.fnamemodify(root, ":t") } },
    settings = { pql = M.settings() },
    on_attach = on_attach,
  }, overrides or {})
  if vim.fn.executable(config.cmd[1]) == 0 then
    vim.notify_once("pql is not installed: pip install pqltools, or set vim.g.pql_command", vim.log.levels.WARN)
    return nil
  end
  if vim.lsp.start then
    return vim.lsp.start(config, { bufnr = bufnr })
  end
  local client = clients[root]
  if not client or not vim.lsp.get_client_by_id(client) or vim.lsp.get_client_by_id(client).is_stopped() then
    client = vim.lsp.start_client(config)
    clients[root] = client
  end
  if client then
    vim.lsp.buf_attach_client(bufnr, client)
  end
  return client
end

--- Starts the server in all buffers of PQL from now on. `overrides` goes to the client. For Neovim before 0.11.
function M.setup(overrides)
  local group = vim.api.nvim_create_augroup("pql", { clear = true })
  vim.api.nvim_create_autocmd("FileType", {
    group = group,
    pattern = M.filetypes,
    callback = function(event)
      M.start(event.buf, overrides)
    end,
  })
  -- The filetype of a buffer may have been told before this file was read.
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) and vim.tbl_contains(M.filetypes, vim.bo[bufnr].filetype) then
      M.start(bufnr, overrides)
    end
  end
end

--- The client of a buffer, or nil.
function M.client(bufnr)
  local found = vim.lsp.get_clients and vim.lsp.get_clients({ bufnr = bufnr, name = "pql" })
    or vim.lsp.buf_get_clients(bufnr)
  for _, client in pairs(found) do
    if client.name == "pql" then
      return client
    end
  end
  return nil
end

--- Runs a command of the server at the cursor; `done` gets its result.
function M.execute(command, extra, done)
  local bufnr = vim.api.nvim_get_current_buf()
  local client = M.client(bufnr)
  if not client then
    vim.notify("the language server for PQL does not run in this buffer", vim.log.levels.WARN)
    return
  end
  local place = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local argument = vim.tbl_extend("force", { uri = place.textDocument.uri, position = place.position }, extra or {})
  local params = { command = command, arguments = { argument } }
  local function handler(error, result)
    if error then
      vim.notify("pql: " .. (error.message or vim.inspect(error)), vim.log.levels.ERROR)
    elseif done then
      done(result)
    end
  end
  if vim.fn.has("nvim-0.11") == 1 then
    client:request("workspace/executeCommand", params, handler, bufnr)
  else
    client.request("workspace/executeCommand", params, handler, bufnr)
  end
end

local function scratch(name)
  local bufnr = vim.fn.bufnr("^" .. vim.fn.escape(name, "[]{}*?,\\") .. "$")
  if bufnr == -1 then
    bufnr = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(bufnr, name)
    vim.bo[bufnr].bufhidden = "hide"
  end
  return bufnr
end

local function fill(bufnr, text)
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, vim.split(text, "\n"))
  vim.bo[bufnr].modifiable = false
end

--- Shows `{title, text}` in a window beside the text, and gives its buffer.
function M.show(result, filetype)
  if type(result) ~= "table" or not result.text then
    vim.notify("there is no expression here", vim.log.levels.INFO)
    return nil
  end
  local bufnr = scratch("pql://" .. filetype .. "/" .. (result.title or "PQL"))
  fill(bufnr, result.text)
  if vim.fn.bufwinid(bufnr) == -1 then
    local window = vim.api.nvim_get_current_win()
    vim.cmd("rightbelow vsplit")
    vim.api.nvim_win_set_buf(0, bufnr)
    vim.bo[bufnr].filetype = filetype
    vim.api.nvim_set_current_win(window)
  end
  return bufnr
end

-- Keeps the tree beside the text up to date, as long as its window is open.
local function follow(source, shown)
  local group = vim.api.nvim_create_augroup("pql_json_" .. source, { clear = true })
  vim.api.nvim_create_autocmd({ "TextChanged", "InsertLeave" }, {
    group = group,
    buffer = source,
    callback = function()
      if not vim.api.nvim_buf_is_valid(shown) or vim.fn.bufwinid(shown) == -1 then
        vim.api.nvim_del_augroup_by_id(group)
        return
      end
      M.execute("pql.showJson", nil, function(result)
        if type(result) == "table" and result.text and vim.api.nvim_buf_is_valid(shown) then
          fill(shown, result.text)
        end
      end)
    end,
  })
end

--- The commands `:Pql…`.
function M.create_commands()
  local function command(name, run, options)
    vim.api.nvim_create_user_command(name, run, options or {})
  end
  command("PqlDescribe", function()
    M.execute("pql.describe", nil, function(result)
      M.show(result, "markdown")
    end)
  end, { desc = "Describe the expression in English" })
  command("PqlExplain", function(options)
    local extra = options.args ~= "" and { profile = tonumber(options.args) or vim.fn.fnamemodify(options.args, ":p") }
    M.execute("pql.explain", extra or nil, function(result)
      M.show(result, "markdown")
    end)
  end, { nargs = "?", complete = "file", desc = "Explain the expression on a profile: a file, or the number of a sample" })
  command("PqlShowJson", function()
    local source = vim.api.nvim_get_current_buf()
    M.execute("pql.showJson", nil, function(result)
      local shown = M.show(result, "json")
      if shown then
        follow(source, shown)
      end
    end)
  end, { desc = "Show pql/json beside the text" })
  command("PqlConvert", function()
    M.execute("pql.convert")
  end, { desc = "Convert the expression to the other format" })
  command("PqlCanonical", function()
    M.execute("pql.canonical")
  end, { desc = "Rewrite the expression in canonical form" })
end

return M
