# bash completion for auditship(1)                                          -*- shell-script -*-

_auditship_options() { # _auditship_options COMMAND [ACTION]
  case "$*" in
    run) echo --config --once --help ;;
    parse) echo --stream --config --pretty --full --time-zone --reference-time --help ;;
    check) echo --config --online --effective --help ;;
    status) echo --config --data-dir --json --watch --help ;;
    buffer) echo ls show verify --help ;;
    buffer\ *) echo --config --data-dir --stream --help ;;
    dead-letter) echo ls show replay --help ;;
    'dead-letter replay') echo --config --stream --reason --help ;;
    dead-letter\ *) echo --config --data-dir --stream --reason --help ;;
    reconcile) echo --config --stream --path --help ;;
    explain) echo --stream --config --rules --diff --json --decisions --help ;;
    keys) echo --config --json --help ;;
    setup) echo --config --dry-run --only --rollover --conf-dir --username --password-file --help ;;
    version) echo --help ;;
    *) echo run parse check status buffer dead-letter reconcile explain keys setup version --help --version ;;
  esac
}

_auditship() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' action=''
  [ "$COMP_CWORD" -gt 1 ] && command=${COMP_WORDS[1]}
  case $command in
    buffer | dead-letter) [ "$COMP_CWORD" -gt 2 ] && action=${COMP_WORDS[2]} ;;
  esac
  case $prev in
    --config) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --data-dir) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    --rules | --diff | --password-file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --conf-dir) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    --only) mapfile -t COMPREPLY < <(compgen -W 'templates lifecycle dashboards roles' -- "$cur"); return ;;
    --stream) mapfile -t COMPREPLY < <(compgen -W 'kubeaudit authlog' -- "$cur"); return ;;
    --time-zone | --reference-time | --reason | --username) return ;;
  esac
  case $command:$cur in
    parse:[!-]* | reconcile:[!-]* | explain:[!-]* | parse: | reconcile: | explain:)
      compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
  esac
  # shellcheck disable=SC2086 # the action may be absent
  mapfile -t COMPREPLY < <(compgen -W "$(_auditship_options $command $action)" -- "$cur")
}
complete -F _auditship auditship
