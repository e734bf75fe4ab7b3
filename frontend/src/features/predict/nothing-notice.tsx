import { Notice } from "../../components/notice";

/** What was given holds no file that could be sent: an empty folder, or what systems leave in one. */
export function NothingNotice() {
  return (
    <Notice kind="warning" role="alert">
      Nothing in there could be a study or a slice, so nothing was sent.
    </Notice>
  );
}
