import type { ComponentProps } from "react";
import { buttonClass, type ButtonLook } from "./button-class";

interface ButtonProps extends ComponentProps<"button"> {
  look?: ButtonLook;
}

export function Button({ look = "primary", className = "", ...rest }: ButtonProps) {
  return <button type="button" className={`${buttonClass(look)} ${className}`} {...rest} />;
}
