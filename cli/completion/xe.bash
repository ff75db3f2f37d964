# Completion of xe for bash (and for zsh, after bashcompinit).
_xe() {
    local word=${COMP_WORDS[COMP_CWORD]}
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "$(xe help --minimal --all 2>/dev/null | tr , ' ')" -- "$word"))
    else
        local said
        said=$(xe help "${COMP_WORDS[1]}" 2>/dev/null | sed -n 's/.*\(reqd\|optional\) params *: //p' | tr -d ' ')
        COMPREPLY=($(compgen -S = -W "${said//,/ }" -- "$word"))
        compopt -o nospace
    fi
}
complete -F _xe xe
