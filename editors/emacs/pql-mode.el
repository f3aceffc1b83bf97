;;; pql-mode.el --- Major mode for the Profile Query Language  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0
;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages

;;; Commentary:

;; Editing of PQL, the Profile Query Language of Adobe Experience Platform: colours, comments, indentation, and the
;; language server `pql lsp' by way of Eglot (part of Emacs since 29, in ELPA before).
;;
;;   (add-to-list 'load-path "/path/to/editors/emacs")
;;   (require 'pql-mode)
;;   (add-hook 'pql-mode-hook #'eglot-ensure)
;;   ;; Segment definitions in JSON and YAML, if they hold PQL:
;;   (dolist (hook '(js-json-mode-hook json-mode-hook json-ts-mode-hook yaml-mode-hook yaml-ts-mode-hook))
;;     (add-hook hook #'pql-eglot-ensure))

;;; Code:

(require 'pql-words)

(defvar eglot-server-programs)
(declare-function eglot-current-server "eglot" ())
(declare-function eglot-ensure "eglot" ())
(declare-function eglot--TextDocumentIdentifier "eglot" (&rest args))
(declare-function eglot--pos-to-lsp-position "eglot" (&optional pos))
(declare-function jsonrpc-request "jsonrpc" (connection method params &rest args))

(defgroup pql nil
  "The Profile Query Language of Adobe Experience Platform."
  :group 'languages
  :prefix "pql-")

(defcustom pql-server-command '("pql" "lsp")
  "The command of the language server.
A virtual environment `.venv' or `venv' of the project comes first, unless
this has been changed."
  :type '(repeat string))

(defcustom pql-indent-offset 2
  "By how many columns an open bracket indents the lines below it."
  :type 'natnum
  :safe #'natnump)

(defvar pql-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 124b" table)
    (modify-syntax-entry ?* ". 23" table)
    (modify-syntax-entry ?\n "> b" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?\' "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    (modify-syntax-entry ?_ "_" table)
    (dolist (sign '(?` ?% ?+ ?- ?= ?< ?> ?! ?^ ?$ ?@ ?. ?, ?:))
      (modify-syntax-entry sign "." table))
    table)
  "Syntax of PQL: two kinds of comments, two kinds of quotes.")

(defun pql--functions (before)
  "A matcher of calls of known functions behind BEFORE, in their own case."
  (let ((regexp (concat before (regexp-opt pql-words-functions t) "[ \t\n]*(")))
    (lambda (limit)
      (let ((case-fold-search nil))
        (re-search-forward regexp limit t)))))

(defconst pql-font-lock-keywords
  (let ((name "[A-Za-z_][A-Za-z0-9_]*\\(?::@?[A-Za-z_][A-Za-z0-9_]*\\)?")
        (units (regexp-opt pql-words-units 'symbols))
        (intervals (regexp-opt pql-words-intervals 'symbols)))
    ;; The first that fits decides; behind a dot stands a field, whatever it is called.
    `((,(pql--functions "\\.[ \t\n]*") 1 font-lock-builtin-face)
      (,(concat "\\.[ \t\n]*\\(" name "\\)[ \t\n]*(") 1 font-lock-function-name-face)
      (,(concat "\\.[ \t\n]*\\(" name "\\|`[^`\n]*`\\)") 1 'default)
      (,(concat "\\_<[0-9]+L?[ \t\n]+" units) 1 font-lock-type-face)
      (,(concat intervals "[ \t\n]+" units) (1 font-lock-keyword-face) (2 font-lock-type-face))
      (,(regexp-opt pql-words-operators 'symbols) 1 font-lock-keyword-face)
      (,(pql--functions "\\_<") 1 font-lock-builtin-face)
      (,(regexp-opt pql-words-keywords 'symbols) 1 font-lock-keyword-face)
      (,(regexp-opt pql-words-constants 'symbols) 1 font-lock-constant-face)
      ("\\_<this\\_>" 0 font-lock-variable-name-face)
      ("\\$[0-9]+\\|\\^+" 0 font-lock-variable-name-face)
      ("@{[^}\n]*}" 0 font-lock-preprocessor-face)
      (,(concat "\\_<\\(" name "\\)[ \t\n]*(") 1 font-lock-function-name-face)))
  "What `pql-mode' colours besides comments and strings.")

(defun pql-indent-line ()
  "Indent the line by the brackets that are open before it."
  (interactive)
  (let* ((place (- (current-column) (current-indentation)))
         (column (save-excursion
                   (beginning-of-line)
                   (let ((depth (car (syntax-ppss))))
                     (skip-chars-forward " \t")
                     (when (looking-at "[])}]")
                       (setq depth (1- depth)))
                     (* pql-indent-offset (max depth 0))))))
    (indent-line-to column)
    (when (> place 0)
      (move-to-column (+ column place)))))

;;;###autoload
(define-derived-mode pql-mode prog-mode "PQL"
  "Major mode for expressions of the Profile Query Language."
  (setq-local comment-start "// ")
  (setq-local comment-end "")
  (setq-local comment-start-skip "\\(?://+\\|/\\*+\\)[ \t]*")
  (setq-local indent-line-function #'pql-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local electric-indent-chars (append '(?\) ?\] ?\}) electric-indent-chars))
  (setq-local font-lock-defaults '(pql-font-lock-keywords nil t)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.pql\\'" . pql-mode))

;;; The language server

(defun pql-server-contact (&rest _)
  "The command of the server for the current buffer, as Eglot wants it."
  (if (not (equal pql-server-command (eval (car (get 'pql-server-command 'standard-value)) t)))
      pql-server-command
    (let ((found nil))
      (dolist (folder '("venv" ".venv") found)
        (let ((root (locate-dominating-file default-directory folder)))
          (dolist (program '("bin/pql" "Scripts/pql.exe"))
            (let ((file (and root (expand-file-name (concat folder "/" program) root))))
              (when (and file (file-executable-p file))
                (setq found (list file "lsp")))))))
      (or found pql-server-command))))

(defun pql-may-hold-pql-p ()
  "Whether this buffer may hold PQL as far as can be told from its words."
  (or (derived-mode-p 'pql-mode)
      (save-excursion
        (save-restriction
          (widen)
          (goto-char (point-min))
          (let ((case-fold-search t))
            (or (search-forward "nodeType" nil t)
                (and (search-forward "expression" nil t)
                     (goto-char (point-min))
                     (search-forward "pql" nil t))))))))

;;;###autoload
(defun pql-eglot-ensure ()
  "Start the language server for PQL in this buffer if it may hold PQL.
For hooks of modes for JSON and YAML, which have servers of their own."
  (interactive)
  (when (pql-may-hold-pql-p)
    (require 'eglot)
    (setq-local eglot-server-programs (list (cons major-mode #'pql-server-contact)))
    (eglot-ensure)))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(pql-mode . pql-server-contact)))

(defun pql--execute (command &optional more)
  "The result of COMMAND of the server for the expression at point.
MORE is a property list of further arguments."
  (let ((server (and (fboundp 'eglot-current-server) (eglot-current-server))))
    (unless server
      (user-error "The language server does not run here: M-x eglot"))
    (jsonrpc-request
     server :workspace/executeCommand
     (list :command command
           :arguments (vector (append (list :uri (plist-get (eglot--TextDocumentIdentifier) :uri)
                                            :position (eglot--pos-to-lsp-position))
                                      more))))))

(defun pql--show (result mode)
  "Show the text of RESULT beside this buffer, in MODE."
  (let ((text (and (listp result) (plist-get result :text))))
    (unless text
      (user-error "There is no expression here"))
    (with-current-buffer (get-buffer-create (format "*PQL: %s*" (plist-get result :title)))
      (let ((inhibit-read-only t))
        (erase-buffer)
        (insert text)
        (goto-char (point-min)))
      (funcall mode)
      (setq buffer-read-only t)
      (display-buffer (current-buffer)))))

(defun pql-describe ()
  "Describe the expression at point in English."
  (interactive)
  (pql--show (pql--execute "pql.describe") #'text-mode))

(defun pql-explain (profile)
  "Explain the expression at point on PROFILE, a file.
With an empty name it is the sample that the configuration names."
  (interactive (list (read-file-name "Profile (empty: sample of the configuration): " nil "")))
  (pql--show (pql--execute "pql.explain" (and (not (member profile '("" nil)))
                                              (list :profile (expand-file-name profile))))
             #'text-mode))

(defun pql-show-json ()
  "Show the expression at point as pql/json beside this buffer."
  (interactive)
  (pql--show (pql--execute "pql.showJson") (if (fboundp 'js-json-mode) 'js-json-mode 'js-mode)))

(defun pql-convert ()
  "Convert the expression at point to the other format."
  (interactive)
  (pql--execute "pql.convert"))

(defun pql-canonical ()
  "Rewrite the expression at point in canonical form."
  (interactive)
  (pql--execute "pql.canonical"))

(provide 'pql-mode)

;;; pql-mode.el ends here
