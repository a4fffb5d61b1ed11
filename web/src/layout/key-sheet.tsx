import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { create } from 'zustand'
import { Button } from '../components/button.tsx'
import { CloseIcon } from '../components/icons.tsx'
import { Toggle } from '../components/toggle.tsx'
import { KeyChange } from './key-change.tsx'
import styles from './key-sheet.module.css'
import { usePreferences } from './preferences.ts'
import { useShortcutGroups, useShortcuts } from './shortcuts.ts'

export const useKeySheet = create<{ readonly open: boolean }>(() => ({ open: false }))

const setOpen = (open: boolean): void => useKeySheet.setState({ open })

/** The keys that do something on this screen; opened by `?`. */
export function KeySheet() {
  const { open } = useKeySheet()
  const { groups } = useShortcutGroups()
  const { shortcuts: enabled, keys, prefer } = usePreferences()
  useShortcuts('Everywhere', [
    { id: 'keys', keys: ['Shift+?', '?'], what: 'this sheet of keys', run: () => setOpen(true) },
  ])
  return (
    <ModalOverlay className={styles.overlay ?? ''} isOpen={open} onOpenChange={setOpen} isDismissable>
      <Modal className={styles.modal ?? ''}>
        <Dialog className={styles.dialog ?? ''}>
          <header>
            <Heading slot="title">Keys</Heading>
            <Button look="quiet" aria-label="Close" onPress={() => setOpen(false)}>
              <CloseIcon />
            </Button>
          </header>
          {groups.map(group => (
            <section key={group.title}>
              <h3>{group.title}</h3>
              <dl>
                {group.shortcuts.map(shortcut => (
                  <div key={shortcut.id}>
                    <dt>
                      <KeyChange shortcut={shortcut} />
                    </dt>
                    <dd>{shortcut.what}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
          <Toggle isOn={enabled} onChange={shortcuts => prefer({ shortcuts })}>
            Single characters do these things; arrows always do
          </Toggle>
          <p className="soft">
            Press a key here, then another, to change it.{' '}
            {Object.keys(keys).length > 0 && (
              <Button look="quiet" onPress={() => prefer({ keys: {} })}>
                Take all changes back
              </Button>
            )}
          </p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
