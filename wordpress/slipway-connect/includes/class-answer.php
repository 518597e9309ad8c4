<?php
/**
 * What the portal answered, or that it did not.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * One answer of the portal.
 */
final class Answer {

	/**
	 * HTTP status; 0 when there was no answer.
	 *
	 * @var int
	 */
	public $status;

	/**
	 * Decoded body.
	 *
	 * @var array
	 */
	public $body;

	/**
	 * Builds one.
	 *
	 * @param int   $status HTTP status, 0 for none.
	 * @param array $body   Decoded body.
	 */
	public function __construct( $status, $body = array() ) {
		$this->status = $status;
		$this->body   = $body;
	}

	/**
	 * Whether the portal did what was asked.
	 *
	 * @return bool
	 */
	public function ok() {
		return $this->status >= 200 && $this->status < 300;
	}

	/**
	 * Whether nobody can tell if the portal did it: no answer, or one of a broken server.
	 *
	 * @return bool
	 */
	public function unknown() {
		return 0 === $this->status || $this->status >= 500;
	}

	/**
	 * A text of the body; '' when absent or not a text.
	 *
	 * @param string $name Field.
	 * @return string
	 */
	public function text( $name ) {
		$value = $this->body[ $name ] ?? '';
		return is_string( $value ) ? mb_substr( sanitize_textarea_field( $value ), 0, 500 ) : '';
	}

	/**
	 * What went wrong, in plain words. Not escaped.
	 *
	 * @return string
	 */
	public function message() {
		if ( '' !== $this->text( 'message' ) ) {
			return $this->text( 'message' );
		}
		if ( 0 === $this->status ) {
			return __( 'The Slipway portal does not answer.', 'slipway-connect' );
		}
		/* translators: %d: HTTP status code */
		return sprintf( __( 'The Slipway portal answered with an error (%d).', 'slipway-connect' ), $this->status );
	}

	/**
	 * What the portal says, or else the given sentence. Not escaped.
	 *
	 * @param string $sentence Sentence.
	 * @return string
	 */
	public function message_or( $sentence ) {
		return '' !== $this->text( 'message' ) ? $this->text( 'message' ) : $sentence;
	}

	/**
	 * The one thing to do next, in plain words. Not escaped.
	 *
	 * @return string
	 */
	public function next() {
		if ( '' !== $this->text( 'next' ) ) {
			return $this->text( 'next' );
		}
		return $this->unknown()
			? __( 'Try again in a minute. If it stays like this, tell the people who run Slipway.', 'slipway-connect' )
			: __( 'Tell the people who run Slipway.', 'slipway-connect' );
	}
}
